using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions;

/// <summary>
/// The response body with the commit in front: the session is stored before the first byte goes to the server. A failure is thrown in the
/// application's own call, while the response can still be replaced. The server's callback before the headers is too late for that.
/// </summary>
internal sealed class CommittingResponseBody(IHttpResponseBodyFeature inner, SessionCommit commit) : IHttpResponseBodyFeature
{
    private Stream? _stream;
    private PipeWriter? _writer;
    private HeldBytes? _held;

    public Stream Stream => _stream ??= new CommittingStream(inner.Stream, this);

    public PipeWriter Writer => _writer ??= new CommittingPipeWriter(inner.Writer, this);

    /// <summary>Whether the commit is done, so that bytes pass through.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>The bytes that wait for the commit.</summary>
    public HeldBytes Held => _held ??= new HeldBytes();

    public static CommittingResponseBody? PutBefore(HttpContext context, SessionCommit commit)
    {
        if (context.Features.Get<IHttpResponseBodyFeature>() is not { } inner)
        {
            return null;
        }

        var body = new CommittingResponseBody(inner, commit);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        return body;
    }

    /// <summary>Passes the held bytes to the server, after the request has ended successfully.</summary>
    public void PassOn()
    {
        if (_held is { Count: > 0 } held)
        {
            held.MoveTo(inner.Writer);
        }
    }

    /// <summary>
    /// Restores the original body, unless another one has replaced this one. Bytes that still wait for the commit belong to a response that
    /// is dropped.
    /// </summary>
    public void Remove(HttpContext context)
    {
        _held?.Drop();
        if (ReferenceEquals(context.Features.Get<IHttpResponseBodyFeature>(), this))
        {
            context.Features.Set(inner);
        }
    }

    /// <summary>Called before bytes that pass without a commit, because the caches of this server decide at that moment.</summary>
    public void OnUncommittedBytes() => commit.KeepFromServerCaches();

    public Task CommitAsync() => IsCommitted ? Task.CompletedTask : CommitOnceAsync();

    public void DisableBuffering() => inner.DisableBuffering();

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await CommitAsync();
        await inner.StartAsync(cancellationToken);
    }

    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await CommitAsync();
        await inner.SendFileAsync(path, offset, count, cancellationToken);
    }

    public async Task CompleteAsync()
    {
        await CommitAsync();
        await inner.CompleteAsync();
    }

    private async Task CommitOnceAsync()
    {
        try
        {
            await commit.CommitBodyAsync();
        }
        catch
        {
            // The response is replaced.
            _held?.Drop();
            throw;
        }

        IsCommitted = true;
        PassOn();
    }
}
