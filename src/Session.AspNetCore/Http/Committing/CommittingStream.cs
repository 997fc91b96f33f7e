namespace ServerSessions;

/// <summary>
/// A stream that commits before it writes. A synchronous write leaves the commit to the server's callback before the headers.
/// </summary>
internal sealed class CommittingStream(Stream inner, CommittingResponseBody body) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override void Write(byte[] buffer, int offset, int count) => Synchronously().Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => Synchronously().Write(buffer);

    public override void WriteByte(byte value) => Synchronously().WriteByte(value);

    public override void Flush() => Synchronously().Flush();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        body.IsCommitted ? inner.WriteAsync(buffer, cancellationToken) : CommitAndWriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        body.IsCommitted ? inner.FlushAsync(cancellationToken) : CommitAndFlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    /// <summary>Returns the server's stream, after writing the bytes that were put into the pipe before.</summary>
    private Stream Synchronously()
    {
        body.OnUncommittedBytes();
        if (body.Held.Count > 0)
        {
            body.Held.MoveTo(inner);
        }

        return inner;
    }

    private async ValueTask CommitAndWriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await body.CommitAsync();
        await inner.WriteAsync(buffer, cancellationToken);
    }

    private async Task CommitAndFlushAsync(CancellationToken cancellationToken)
    {
        await body.CommitAsync();
        await inner.FlushAsync(cancellationToken);
    }
}
