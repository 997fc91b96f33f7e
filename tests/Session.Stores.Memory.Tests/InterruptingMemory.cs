using System.Buffers;

namespace ServerSessions.Stores.Memory.Tests;

/// <summary>A payload that runs something when it is first looked at: what another request does in the middle of an operation.</summary>
internal sealed class InterruptingMemory(byte[] bytes, Action interrupt) : MemoryManager<byte>
{
    private Action? _interrupt = interrupt;

    // The base class asks for the span to learn its length.
    public override Memory<byte> Memory => CreateMemory(bytes.Length);

    public override Span<byte> GetSpan()
    {
        Interlocked.Exchange(ref _interrupt, null)?.Invoke();
        return bytes;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin() => throw new NotSupportedException();

    protected override void Dispose(bool disposing) { }
}
