using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions;

/// <summary>
/// The response's body with the commit in front of it: before the first byte goes to the server, the session is stored. What fails there
/// fails in the application's own call, while the answer can still become another; a server's callback before the headers cannot do that.
/// </summary>
internal sealed class CommittingResponseBody(IHttpResponseBodyFeature inner, SessionCommit commit) : IHttpResponseBodyFeature
{
    private Stream? _stream;
    private PipeWriter? _writer;
    private HeldBytes? _held;

    public Stream Stream => _stream ??= new CommittingStream(inner.Stream, this);

    public PipeWriter Writer => _writer ??= new CommittingPipeWriter(inner.Writer, this);

    /// <summary>Whether the commit is done, so that bytes pass through.</summary>
    public bool IsCommitted => commit.IsBodyCommitted;

    /// <summary>What waits for the commit.</summary>
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

    /// <summary>The request has ended well: what waits for the commit goes to the server.</summary>
    public void PassOn()
    {
        if (_held is { Count: > 0 } held)
        {
            held.MoveTo(inner.Writer);
        }
    }

    /// <summary>
    /// Puts back what was there, unless something else lies over it by now. What still waits for the commit is part of a response that will
    /// not be.
    /// </summary>
    public void Remove(HttpContext context)
    {
        _held?.Drop();
        if (ReferenceEquals(context.Features.Get<IHttpResponseBodyFeature>(), this))
        {
            context.Features.Set(inner);
        }
    }

    public void OnUncommittedBytes() => commit.OnUncommittedBytes();

    public Task CommitAsync() =>
        IsCommitted ? Task.CompletedTask
        : _held is { Count: > 0 } held ? CommitAndPassOnAsync(held)
        : commit.CommitBodyAsync();

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

    private async Task CommitAndPassOnAsync(HeldBytes held)
    {
        try
        {
            await commit.CommitBodyAsync();
        }
        catch
        {
            // The response becomes another.
            held.Drop();
            throw;
        }

        held.MoveTo(inner.Writer);
    }
}
