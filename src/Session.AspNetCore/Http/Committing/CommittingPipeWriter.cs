using System.IO.Pipelines;

namespace ServerSessions;

/// <summary>A pipe writer that commits before it flushes. Bytes that are written before are held back until the commit is done.</summary>
internal sealed class CommittingPipeWriter(PipeWriter inner, CommittingResponseBody body) : PipeWriter
{
    private bool _isHolding;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes + body.Held.Count;

    public override void Advance(int bytes)
    {
        // The bytes belong to the memory that was returned last.
        if (_isHolding)
        {
            body.Held.Advance(bytes);
            if (body.IsCommitted)
            {
                // The commit ran in between. Nothing is held back any more, and later bytes must come after these.
                body.Held.MoveTo(inner);
            }
        }
        else
        {
            inner.Advance(bytes);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        _isHolding = !body.IsCommitted;
        return _isHolding ? body.Held.Room(sizeHint) : inner.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        _isHolding = !body.IsCommitted;
        return _isHolding ? body.Held.Room(sizeHint).Span : inner.GetSpan(sizeHint);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        body.Held.MoveTo(inner);
        inner.Complete(exception);
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        await body.CommitAsync();
        await inner.CompleteAsync(exception);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        body.IsCommitted ? inner.FlushAsync(cancellationToken) : CommitAndFlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        body.IsCommitted ? inner.WriteAsync(source, cancellationToken) : CommitAndWriteAsync(source, cancellationToken);

    private async ValueTask<FlushResult> CommitAndFlushAsync(CancellationToken cancellationToken)
    {
        await body.CommitAsync();
        return await inner.FlushAsync(cancellationToken);
    }

    private async ValueTask<FlushResult> CommitAndWriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        await body.CommitAsync();
        return await inner.WriteAsync(source, cancellationToken);
    }
}
