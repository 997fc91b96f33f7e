using System.IO.Pipelines;

namespace Session;

/// <summary>A pipe writer that commits before it flushes. Bytes that are only laid into the buffer have not gone anywhere.</summary>
internal sealed class CommittingPipeWriter(PipeWriter inner, CommittingResponseBody body) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

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
