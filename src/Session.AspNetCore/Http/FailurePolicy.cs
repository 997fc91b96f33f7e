using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// What the middleware does if a session could not be read or saved: continue, throw, or send the response itself, as the options say.
/// </summary>
internal sealed class FailurePolicy(ServerSessionOptions options, FailureReports reports, ILogger logger)
{
    /// <summary>Reports a session that could not be read.</summary>
    /// <returns>Whether the request continues without it.</returns>
    public bool MayContinueWithout(RequestSession request, Exception failure)
    {
        request.BeginUnavailable(failure);
        if (failure is OperationCanceledException)
        {
            // The client has disconnected.
            return false;
        }

        // Without an id the store was not called: it is disconnected.
        if (request.Incoming.Sid is null)
        {
            reports.ReportDisconnected(request, failure);
        }
        else
        {
            reports.ReportLoad(request, failure);
        }

        return options.WhenLoadFails == SessionFailureBehavior.Continue;
    }

    /// <summary>Sends the response to a request whose session could not be read, if the options leave it to the middleware.</summary>
    /// <returns>Whether the response was sent.</returns>
    public async ValueTask<bool> RespondToLoadAsync(HttpContext context, ResponseSnapshot front, Exception failure)
    {
        if (!IsRespondedHere(options.WhenLoadFails, context, failure))
        {
            return false;
        }

        await FailureResponse.WriteAsync(context, front, failure);
        return true;
    }

    /// <summary>
    /// Keeps what the request changed before it failed, as express-session does, and sends error responses for session failures. The
    /// application's exception is thrown. A failure of this commit is logged and counted.
    /// </summary>
    /// <returns>Whether the response was sent.</returns>
    public async ValueTask<bool> CommitAndRespondAsync(
        RequestSession request,
        CommitHooks hooks,
        ResponseSnapshot front,
        Exception failure
    )
    {
        var commit = hooks.Commit;
        if (failure is SessionStoreException trouble and not SessionNotFoundException)
        {
            reports.ReportOperation(request, trouble);
        }

        request.TellHeld(HeldMoment.Failed);
        await commit
            .CommitStoreAsync()
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var isOfCommit = ReferenceEquals(failure, commit.Failure);
        if (commit.IsRefused && !isOfCommit)
        {
            // The application's own exception is thrown instead of this one.
            Log.SessionRefused(logger, commit.Failure!);
        }

        var isOfSession = failure is SessionStoreException || (isOfCommit && !commit.IsRefused);
        if (!isOfSession || !IsRespondedHere(options.WhenSaveFails, request.Context, failure))
        {
            return false;
        }

        if (failure is SessionNotFoundException)
        {
            Log.SessionGone(logger);
        }

        // First, because it discards what the application has written.
        hooks.Dispose();
        await FailureResponse.WriteAsync(request.Context, front, failure);
        return true;
    }

    /// <summary>Whether the options leave the response to the middleware, and the response can still be replaced.</summary>
    private static bool IsRespondedHere(SessionFailureBehavior behavior, HttpContext context, Exception failure) =>
        behavior == SessionFailureBehavior.ServiceUnavailable && failure is not OperationCanceledException && !context.Response.HasStarted;
}
