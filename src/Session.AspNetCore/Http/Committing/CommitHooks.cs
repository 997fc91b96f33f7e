namespace ServerSessions;

/// <summary>Calls the commit of a request before the first byte of the body or an upgrade, and before the headers.</summary>
internal sealed class CommitHooks : IDisposable
{
    private CommittingResponseBody? _body;

    private CommitHooks(SessionCommit commit) => Commit = commit;

    public SessionCommit Commit { get; }

    /// <summary>Puts a commit in front of the response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="isInFront">Whether the middleware does not run yet. It puts the commit in front of the body when it does.</param>
    public static CommitHooks Attach(RequestSession request, SessionCommit commit, bool isInFront)
    {
        var hooks = new CommitHooks(commit);
        if (!request.Context.Response.HasStarted)
        {
            // The body comes first: an exception there reaches the application, and the response can still be replaced. The server's
            // callback is for what bypasses the body: synchronous writes, and responses without a body.
            hooks._body = isInFront ? null : CommittingResponseBody.PutBefore(request.Context, commit);
            CommittingUpgrade.PutBefore(request.Context, commit);
            request.Context.Response.OnStarting(static state => ((SessionCommit)state).CommitHeadersAsync(), commit);
        }
        else
        {
            request.IsPastHeaders = true;
        }

        return hooks;
    }

    /// <summary>
    /// Puts the commit in front of the body: again, for the error page of a pipeline that runs a second time, or for the first time after
    /// authentication in front of the middleware has begun the session.
    /// </summary>
    public void Resume()
    {
        if (!Commit.Context.Response.HasStarted)
        {
            _body = CommittingResponseBody.PutBefore(Commit.Context, Commit);
        }
    }

    /// <summary>
    /// Passes the bytes that the application has written and not flushed to the server. For a request that has ended successfully.
    /// </summary>
    public void PassOn() => _body?.PassOn();

    /// <summary>Removes the commit from the response, which then belongs to the middleware in front.</summary>
    public void Dispose()
    {
        _body?.Remove(Commit.Context);
        if (!Commit.Context.Response.HasStarted)
        {
            // A cache in front reads the headers as soon as this middleware returns.
            Commit.KeepFromCaches();
        }

        ResponseCaches.Restore(Commit.Context);
    }
}
