using Microsoft.AspNetCore.Http;

namespace Session;

/// <summary>Reads the session before the application runs, and commits it before the response's headers go out and when the request ends.</summary>
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
        await BeginAsync(request);

        SessionCommit? commit = null;
        if (request.Absence == SessionAbsence.None)
        {
            if (request.Session is null)
            {
                request.OnFirstUse = first => commit = Start(first);
            }
            else
            {
                commit = Start(request);
            }

            if (runtime.Options.SaveUninitialized || runtime.Options.GenerateSid is not null)
            {
                request.FindOrCreate();
            }
        }

        try
        {
            await next(context);
        }
        catch when (commit is not null)
        {
            await CommitAfterErrorAsync(commit);
            throw;
        }

        if (commit is not null)
        {
            await commit.CommitStoreAsync();
        }
    }

    private static SessionCommit Start(RequestSession request)
    {
        var commit = new SessionCommit(request);
        if (!request.Context.Response.HasStarted)
        {
            request.Context.Response.OnStarting(static state => ((SessionCommit)state).CommitHeadersAsync(), commit);
        }

        return commit;
    }

    /// <summary>What the request changed before it failed is kept, as in express-session. The application's error is the one that surfaces.</summary>
    private static async Task CommitAfterErrorAsync(SessionCommit commit)
    {
        // A failure of the commit has been logged and counted by then.
        await commit.CommitStoreAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask BeginAsync(RequestSession request)
    {
        var context = request.Context;
        if (!RequestPath.IsWithin(context, runtime.Factory.CookieOptions(context).Path))
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

        if (!CookieHeader.TryFind(context.Request.Headers.Cookie, runtime.Options.Name, out var value)
            || runtime.Signer.Unsign(PercentEncoding.Decode(value)) is not { } sid)
        {
            return;
        }

        if (disconnected)
        {
            throw new SessionStoreUnavailableException(
                "The session of this request was not read: the store is disconnected. It is tried again as soon as the store reports a connection.",
                SessionStoreOperation.Get, runtime.Store.Backend);
        }

        await LoadAsync(request, sid);
    }

    private async ValueTask LoadAsync(RequestSession request, string sid)
    {
        try
        {
            if (await runtime.Store.GetAsync(sid, request.Context.RequestAborted) is { } record)
            {
                request.BeginWith(sid, record);
            }
            else
            {
                request.BeginUnknown(sid);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            runtime.Metrics.Failure();
            Log.LoadFailed(runtime.Logger, failure);
            throw;
        }
    }
}
