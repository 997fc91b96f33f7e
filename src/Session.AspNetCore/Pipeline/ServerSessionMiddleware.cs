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
        try
        {
            await BeginAsync(request);
        }
        catch (Exception failure) when (runtime.Options.WhenLoadFails != SessionFailureBehavior.Throw && failure is not OperationCanceledException)
        {
            if (runtime.Options.WhenLoadFails == SessionFailureBehavior.ServiceUnavailable)
            {
                FailureAnswer.Write(context.Response, failure);
                return;
            }

            request.BeginUnavailable(failure);
        }

        await RunAsync(request);
    }

    private async Task RunAsync(RequestSession request)
    {
        if (request.Absence == SessionAbsence.None && (runtime.Options.SaveUninitialized || runtime.Options.GenerateSid is not null))
        {
            request.FindOrCreate();
        }

        try
        {
            await next(request.Context);
            if (request.Commit is { } commit)
            {
                await commit.CommitStoreAsync();
            }
        }
        catch (Exception failure) when (request.Commit is not null)
        {
            var commit = request.Commit;

            // What the request changed before it failed is kept, as in express-session. The error that surfaces is the application's; a failure of this
            // commit has been logged and counted by then.
            await commit.CommitStoreAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (!IsAnsweredHere(request.Context, failure))
            {
                throw;
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
        }
        finally
        {
            request.Commit?.Dispose();
        }
    }

    /// <summary>Whether an error came up with the session, the options leave the answer to the middleware, and it can still be given.</summary>
    private bool IsAnsweredHere(HttpContext context, Exception failure) =>
        runtime.Options.WhenSaveFails == SessionFailureBehavior.ServiceUnavailable
        && failure is SessionStoreException
        && !context.Response.HasStarted;

    private async ValueTask BeginAsync(RequestSession request)
    {
        var context = request.Context;
        var cookie = runtime.Factory.CookieOptions(context);
        if (!RequestPath.IsWithin(context, cookie.Path))
        {
            request.BeginWithout(SessionAbsence.PathMismatch);
            return;
        }

        var disconnected = runtime.Store.IsDisconnected;
        if (disconnected && runtime.Options.WhenDisconnected == SessionDisconnectedBehavior.ContinueWithoutSession)
        {
            request.BeginWithout(SessionAbsence.Disconnected);
            return;
        }

        if (FindSid(context) is not { } sid)
        {
            return;
        }

        if (disconnected)
        {
            throw new SessionStoreUnavailableException(
                "The session of this request was not read: the store is disconnected. It is tried again as soon as the store reports a connection.",
                SessionStoreOperation.Get, runtime.Store.Backend);
        }

        try
        {
            var key = runtime.Store.KeyOf(sid);
            var reading = await runtime.Loader.BeginAsync(key, cookie, context.RequestAborted);
            if (reading.Session is { } loaded)
            {
                request.BeginWith(sid, loaded);
            }
            else
            {
                request.BeginUnknown(sid, reading.MovedTo ?? key);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            runtime.Metrics.Failure();
            Log.LoadFailed(runtime.Logger, failure);
            throw;
        }
    }

    /// <summary>The id that the cookie carries, if there is one and its signature is right.</summary>
    private string? FindSid(HttpContext context)
    {
        if (!CookieHeader.TryFind(context.Request.Headers.Cookie, runtime.Options.Name, out var value))
        {
            return null;
        }

        // An id of letters beyond ASCII has nine characters of escapes for each, and is longer than what browsers keep.
        Span<char> decoded = value.Length <= CookieSigner.MaxValueLength ? stackalloc char[CookieSigner.MaxValueLength] : new char[value.Length];
        return runtime.Signer.Unsign(PercentEncoding.Decode(value, decoded));
    }
}
