using System.Buffers;
using System.IO.Pipelines;

namespace Session;

/// <summary>
/// What the application has laid into the response's pipe before the commit. It is held back, since no server takes it out again if the commit fails and the response
/// becomes another. Not safe for concurrent use.
/// </summary>
internal sealed class HeldBytes
{
    private const int LeastRoom = 4096;

    private byte[] _bytes = [];

    /// <summary>How many bytes are held.</summary>
    public int Count { get; private set; }

    /// <summary>Room for more.</summary>
    public Memory<byte> Room(int sizeHint)
    {
        var least = Math.Max(sizeHint, 1);
        if (_bytes.Length - Count < least)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Count + least, Math.Max(LeastRoom, 2 * _bytes.Length)));
            _bytes.AsSpan(0, Count).CopyTo(larger);
            Return();
            _bytes = larger;
        }

        return _bytes.AsMemory(Count);
    }

    public void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _bytes.Length - Count);
        Count += bytes;
    }

    /// <summary>Lays the bytes into the server's pipe.</summary>
    public void MoveTo(PipeWriter writer)
    {
        writer.Write(_bytes.AsSpan(0, Count));
        Drop();
    }

    /// <summary>Writes the bytes synchronously, in front of others that are written so.</summary>
    public void MoveTo(Stream stream)
    {
        stream.Write(_bytes, 0, Count);
        Drop();
    }

    public void Drop()
    {
        Return();
        (_bytes, Count) = ([], 0);
    }

    private void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
