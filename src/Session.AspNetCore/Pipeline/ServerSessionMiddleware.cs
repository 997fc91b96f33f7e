using Microsoft.AspNetCore.Http;

namespace Session;

/// <summary>Reads the session before the application runs, and commits it before the first byte goes out and when the request ends.</summary>
internal sealed class ServerSessionMiddleware(RequestDelegate next, SessionRuntime runtime)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<RequestSession>() is not null)
        {
            // The pipeline runs a second time, for an error page: the session is there already.
            await next(context);
            return;
        }

        var request = new RequestSession(context, runtime);
        context.Features.Set(request);
        string? key = null;
        try
        {
            var cookie = runtime.Factory.CookieOptions(context);
            request.CookieOptions = cookie;
            if (FindSid(request, cookie) is { } sid)
            {
                key = runtime.Store.KeyOf(sid);
                request.BeginWith(sid, key, await runtime.Loader.BeginAsync(key, cookie, context.RequestAborted));
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            if (key is not null)
            {
                runtime.Metrics.Failure();
                Log.LoadFailed(runtime.Logger, failure);
            }

            if (runtime.Options.WhenLoadFails == SessionFailureBehavior.Throw)
            {
                throw;
            }

            if (runtime.Options.WhenLoadFails == SessionFailureBehavior.ServiceUnavailable)
            {
                FailureAnswer.Write(context.Response, failure);
                return;
            }

            request.BeginUnavailable(failure);
        }

        if (request.Absence == SessionAbsence.None && (runtime.Options.SaveUninitialized || runtime.Options.GenerateSid is not null))
        {
            request.FindOrCreate();
        }

        try
        {
            await next(context);
            if (request.Commit is { } commit)
            {
                await commit.CommitStoreAsync();
            }
        }
        catch (Exception failure) when (request.Commit is not null)
        {
            if (!await CommitAndAnswerAsync(request, failure))
            {
                throw;
            }
        }
        finally
        {
            request.Commit?.Dispose();
        }
    }

    /// <summary>
    /// Keeps what the request changed before it failed, as express-session does, and answers errors of the session. The error that surfaces is the application's; a
    /// failure of this commit has been logged and counted by then.
    /// </summary>
    /// <returns>Whether the error is answered.</returns>
    private async ValueTask<bool> CommitAndAnswerAsync(RequestSession request, Exception failure)
    {
        var commit = request.Commit!;
        await commit.CommitStoreAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (!IsAnsweredHere(request.Context, failure))
        {
            return false;
        }

        if (failure is SessionNotFoundException)
        {
            Log.SessionGone(runtime.Logger);
        }
        else if (!commit.HasReported(failure))
        {
            runtime.Metrics.Failure();
            Log.OperationFailed(runtime.Logger, failure);
        }

        FailureAnswer.Write(request.Context.Response, failure);
        return true;
    }

    /// <summary>Whether an error came up with the session, the options leave the answer to the middleware, and it can still be given.</summary>
    private bool IsAnsweredHere(HttpContext context, Exception failure) =>
        runtime.Options.WhenSaveFails == SessionFailureBehavior.ServiceUnavailable
        && failure is SessionStoreException
        && !context.Response.HasStarted;

    /// <summary>The id of the session that is to be read, if there is one and the request can have it.</summary>
    /// <exception cref="SessionStoreUnavailableException">There is one, and the store is disconnected.</exception>
    private string? FindSid(RequestSession request, SessionCookieOptions cookie)
    {
        if (!RequestPath.IsWithin(request.Context, cookie.Path))
        {
            request.BeginWithout(SessionAbsence.PathMismatch);
            return null;
        }

        var isDisconnected = runtime.Store.IsDisconnected;
        if (isDisconnected && runtime.Options.WhenDisconnected == SessionDisconnectedBehavior.ContinueWithoutSession)
        {
            request.BeginWithout(SessionAbsence.Disconnected);
            return null;
        }

        var sid = CookieSid.Find(request);
        return isDisconnected && sid is not null
            ? throw new SessionStoreUnavailableException(
                "The session of this request was not read: the store is disconnected. It is tried again as soon as the store reports a connection.",
                SessionStoreOperation.Get, runtime.Store.Backend)
            : sid;
    }
}
