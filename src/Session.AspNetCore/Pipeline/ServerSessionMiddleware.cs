using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Reads the session before the application runs, and commits it before the first byte goes out and when the request ends.
/// </summary>
internal sealed class ServerSessionMiddleware(RequestDelegate next, SessionRuntimes runtimes)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Features.Get<RequestSession>();
        if (request is { IsRunning: true })
        {
            // The middleware is in this pipeline twice.
            await next(context);
            return;
        }

        var front = ResponseInFront.Of(context);
        if (request is not null)
        {
            // The pipeline runs a second time, for an error page. What the first run found out about the session holds, a failure to read
            // it above all.
            request.Commit?.Resume();
        }
        else
        {
            // Once a request, which keeps it: secrets that are reloaded meanwhile are for the next.
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

                    await FailureAnswer.WriteAsync(context, front, failure);
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
    /// <returns>Whether the request goes on without it.</returns>
    private static bool MayGoOn(RequestSession request, Exception failure, bool isDisconnected)
    {
        var runtime = request.Runtime;
        if (failure is OperationCanceledException)
        {
            // The client has gone.
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
    /// Keeps what the request changed before it failed, as express-session does, and answers errors of the session. The error that surfaces
    /// is the application's; a failure of this commit has been logged and counted by then.
    /// </summary>
    /// <returns>Whether the error is answered.</returns>
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
            // The application's own exception surfaces, and this one does not.
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

        // First, since what the application has written goes with it.
        commit.Dispose();
        await FailureAnswer.WriteAsync(request.Context, front, failure);
        return true;
    }

    /// <summary>Whether the options leave the response to the middleware, and it can still be given.</summary>
    private static bool IsAnsweredHere(SessionFailureBehavior behavior, HttpContext context, Exception failure) =>
        behavior == SessionFailureBehavior.ServiceUnavailable && failure is not OperationCanceledException && !context.Response.HasStarted;

    /// <summary>The id of the session that is to be read, if there is one and the request can have it.</summary>
    /// <exception cref="SessionStoreUnavailableException">There is one, and the store is disconnected.</exception>
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
