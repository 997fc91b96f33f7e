using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>The endpoints at which a user sees and ends sessions. A page posts and is redirected; a script sends DELETE.</summary>
internal sealed class UserSessionEndpoints(
    UserSessionEndpointOptions options,
    UserSessionPart part,
    UserSessionLinks links,
    ListedHandles handles,
    IUserSessions users,
    IAntiforgery antiforgery,
    ILogger logger
)
{
    /// <summary>Lists the sessions: as JSON if the client prefers it, otherwise as a page.</summary>
    public Task ListAsync(HttpContext context) =>
        ForUserAsync(
            context,
            async login =>
            {
                context.Response.Headers.Vary = "Accept";
                if (PrefersJson(context))
                {
                    await WriteListAsync(context, login);
                }
                else
                {
                    var content = await part.RenderAsync(context, options.Page is null ? 1 : 2);
                    await (options.Page ?? WritePlainPageAsync)(context, content);
                }
            }
        );

    /// <summary>Leads back to the page: a sign-in that was asked for in between returns with GET.</summary>
    public Task ReturnAsync(HttpContext context)
    {
        context.Response.Redirect(links.Page(context));
        return Task.CompletedTask;
    }

    /// <summary>Ends the session that a form names.</summary>
    public Task PostEndAsync(HttpContext context) =>
        ForTrustedUserAsync(
            context,
            async login =>
            {
                var form = await context.Request.ReadFormAsync(context.RequestAborted);
                var isEnded = await EndAsync(context, login, form["handle"].ToString(), form["proof"]);
                SeePage(context, isEnded ? UserSessionPart.Ended : null);
            }
        );

    /// <summary>Ends all sessions but the one that asks, and leads to the page.</summary>
    public Task PostEndOthersAsync(HttpContext context) =>
        ForTrustedUserAsync(
            context,
            async login =>
            {
                var ended = await users.EndAllAsync(login.Subject, login.Handle, context.RequestAborted);
                SeePage(context, ended.Failed > 0 ? UserSessionPart.Failed : UserSessionPart.EndedOthers);
            }
        );

    /// <summary>Ends the session of the path.</summary>
    public Task DeleteAsync(HttpContext context) =>
        ForTrustedUserAsync(
            context,
            async login =>
            {
                var handle = (string)context.Request.RouteValues["handle"]!;
                var isEnded = await EndAsync(context, login, handle, context.Request.Query["proof"]);
                context.Response.StatusCode = isEnded ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
            }
        );

    /// <summary>Ends all sessions but the one that asks.</summary>
    public Task DeleteOthersAsync(HttpContext context) =>
        ForTrustedUserAsync(
            context,
            async login =>
            {
                var ended = await users.EndAllAsync(login.Subject, login.Handle, context.RequestAborted);
                await context.Response.WriteAsJsonAsync(
                    new EndedSessionsJson(ended.Ended, ended.Failed),
                    DevicesJson.Default.EndedSessionsJson
                );
            }
        );

    /// <returns>Whether it is ended. Otherwise the user never had such a session.</returns>
    private async ValueTask<bool> EndAsync(HttpContext context, UserLogin login, string handle, string? proof)
    {
        if (handle != login.Handle)
        {
            return await users.EndAsync(login.Subject, handle, context.RequestAborted) || handles.IsProved(login.Subject, handle, proof);
        }

        // To end the session that asks is to sign out.
        await context.GetServerSession(options.SessionName).DestroyAsync(context.RequestAborted);
        return true;
    }

    private void SeePage(HttpContext context, string? result)
    {
        if (result is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = links.Page(context, result);
    }

    private async Task WriteListAsync(HttpContext context, UserLogin login)
    {
        var list = await users.ListAsync(login.Subject, login.Handle, context.RequestAborted);
        var tokens = antiforgery.GetAndStoreTokens(context);
        await context.Response.WriteAsJsonAsync(
            new ListedSessionsJson(
                list.Sessions.Select(session => Describe(context, session)),
                links.EndOthers(context),
                new AntiforgeryJson(tokens.HeaderName, tokens.RequestToken)
            ),
            DevicesJson.Default.ListedSessionsJson
        );
    }

    private ListedSessionJson Describe(HttpContext context, UserSession session)
    {
        var login = session.Login;
        return new ListedSessionJson(
            login.Handle,
            login.Label,
            login.Method,
            login.Address,
            login.SignedInAt,
            session.LastSeenAt,
            session.ExpiresAt,
            session.IsCurrent,
            links.EndOne(context, login.Handle, handles.Prove(login.Subject, login.Handle))
        );
    }

    private Task WritePlainPageAsync(HttpContext context, Microsoft.AspNetCore.Html.IHtmlContent content) =>
        UserSessionPage.WriteAsync(context, options.Texts(context).Title, links.StyleSheet(context), content);

    /// <summary>For a request that ends sessions: of the user's own pages alone.</summary>
    private Task ForTrustedUserAsync(HttpContext context, Func<UserLogin, Task> respond) =>
        ForUserAsync(
            context,
            async login =>
            {
                if (await antiforgery.IsRequestValidAsync(context))
                {
                    await respond(login);
                }
                else
                {
                    context.Response.StatusCode = StatusCodes.Status400BadRequest;
                }
            }
        );

    private async Task ForUserAsync(HttpContext context, Func<UserLogin, Task> respond)
    {
        // With no-cache too, or antiforgery warns in the log that it overrides it.
        context.Response.Headers.CacheControl = "no-cache, no-store";
        if (part.LoginOf(context) is not { } login)
        {
            await ChallengeAsync(context);
            return;
        }

        try
        {
            await respond(login);
        }
        catch (SessionStoreException failure) when (!context.Response.HasStarted)
        {
            Log.UserSessionsUnavailable(logger, failure.Backend, failure);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private static async Task ChallengeAsync(HttpContext context)
    {
        if (
            context.RequestServices.GetService<IAuthenticationSchemeProvider>() is { } schemes
            && await schemes.GetDefaultChallengeSchemeAsync() is not null
        )
        {
            await context.ChallengeAsync();
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
    }

    private static bool PrefersJson(HttpContext context)
    {
        var accepted = context.Request.GetTypedHeaders().Accept;
        double Quality(string type) =>
            accepted
                .Where(one => one.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
                .Select(static one => one.Quality ?? 1)
                .DefaultIfEmpty()
                .Max();
        return Quality("application/json") > Quality("text/html");
    }
}
