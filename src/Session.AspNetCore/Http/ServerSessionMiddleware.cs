using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Reads the session before the application runs, and commits it before the first byte is sent and when the request ends.
/// </summary>
internal sealed class ServerSessionMiddleware(RequestDelegate next, SessionRuntimes runtimes)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Features.Get<RequestSession>();
        if (request is { IsRunning: true })
        {
            // The pipeline has this middleware twice.
            await next(context);
            return;
        }

        var front = ResponseInFront.Of(context);
        if (request is not null)
        {
            // The pipeline runs a second time, for an error page. The result of the first run stays, above all a failure to read.
            request.Commit?.Resume();
        }
        else
        {
            // Read once per request: reloaded secrets apply from the next request on.
            var runtime = runtimes.Current;
            request = new RequestSession(context, runtime);
            context.Features.Set(request);
            context.Features.Set<IServerSessionFeature>(request);
            var cookie = request.ReadCookieOptions();
            string? key = null;
            try
            {
                if (FindSid(request, cookie) is { } sid)
                {
                    key = runtime.Store.KeyOf(sid);
                    request.BeginWith(sid, key, await runtime.Loader.BeginAsync(key, cookie, context.RequestAborted));
                }
            }
            catch (Exception failure)
            {
                request.BeginUnavailable(failure);
                if (!MayGoOn(request, failure, isDisconnected: key is null))
                {
                    if (!IsAnsweredHere(runtime.Options.WhenLoadFails, context, failure))
                    {
                        throw;
                    }

                    await FailureResponse.WriteAsync(context, front, failure);
                    return;
                }
            }

            if (request.Absence == SessionAbsence.None && (runtime.Options.SaveUninitialized || runtime.Options.GenerateSid is not null))
            {
                request.FindOrCreate();
            }
        }

        request.IsRunning = true;
        try
        {
            await next(context);
            if (request.Commit is { } commit)
            {
                await commit.CommitStoreAsync();
                commit.PassOn();
            }
        }
        catch (Exception failure) when (request.Commit is not null)
        {
            if (!await CommitAndAnswerAsync(request, front, failure))
            {
                throw;
            }
        }
        finally
        {
            request.IsRunning = false;
            request.Commit?.Dispose();
        }
    }

    /// <summary>Reports a session that could not be read.</summary>
    /// <returns>Whether the request continues without it.</returns>
    private static bool MayGoOn(RequestSession request, Exception failure, bool isDisconnected)
    {
        var runtime = request.Runtime;
        if (failure is OperationCanceledException)
        {
            // The client has disconnected.
            return false;
        }

        if (isDisconnected)
        {
            runtime.Failures.OfDisconnected(request, failure);
        }
        else
        {
            runtime.Failures.OfLoad(request, failure);
        }

        return runtime.Options.WhenLoadFails == SessionFailureBehavior.Continue;
    }

    /// <summary>
    /// Keeps what the request changed before it failed, as express-session does, and sends error responses for session failures. The
    /// application's exception is thrown. A failure of this commit is logged and counted.
    /// </summary>
    /// <returns>Whether the response was sent.</returns>
    private static async ValueTask<bool> CommitAndAnswerAsync(RequestSession request, ResponseInFront front, Exception failure)
    {
        var runtime = request.Runtime;
        var commit = request.Commit!;
        if (failure is SessionStoreException trouble and not SessionNotFoundException)
        {
            runtime.Failures.OfOperation(request, trouble);
        }

        await commit
            .CommitStoreAsync()
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var isOfCommit = ReferenceEquals(failure, commit.Failure);
        if (commit.IsRefused && !isOfCommit)
        {
            // The application's own exception is thrown instead of this one.
            Log.SessionRefused(runtime.Logger, commit.Failure!);
        }

        if (
            !(failure is SessionStoreException || (isOfCommit && !commit.IsRefused))
            || !IsAnsweredHere(runtime.Options.WhenSaveFails, request.Context, failure)
        )
        {
            return false;
        }

        if (failure is SessionNotFoundException)
        {
            Log.SessionGone(runtime.Logger);
        }

        // First, because it discards what the application has written.
        commit.Dispose();
        await FailureResponse.WriteAsync(request.Context, front, failure);
        return true;
    }

    /// <summary>Whether the options leave the response to the middleware, and the response can still be replaced.</summary>
    private static bool IsAnsweredHere(SessionFailureBehavior behavior, HttpContext context, Exception failure) =>
        behavior == SessionFailureBehavior.ServiceUnavailable && failure is not OperationCanceledException && !context.Response.HasStarted;

    /// <summary>Returns the id of the session to read, if the request has one and may use it.</summary>
    /// <exception cref="SessionStoreUnavailableException">The request has an id, and the store is disconnected.</exception>
    private static string? FindSid(RequestSession request, SessionCookieOptions cookie)
    {
        var runtime = request.Runtime;
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
                "The session of this request was not read: the store is disconnected. It is tried again as soon as the store reports a "
                    + "connection.",
                SessionStoreOperation.Get,
                runtime.Store.Backend
            )
            : sid;
    }
}
