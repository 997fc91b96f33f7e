using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>The requests of the dashboard. A form is posted and leads to a page, so that no page repeats what was done.</summary>
internal sealed class DashboardEndpoints(
    SessionDashboardOptions options,
    IServerSessionOperator sessions,
    SessionCounts counts,
    DashboardTokens tokens,
    DashboardAccess access,
    LinkGenerator links,
    IAntiforgery antiforgery,
    TimeProvider timeProvider,
    ILogger logger
)
{
    public Task OverviewAsync(HttpContext context) =>
        RespondAsync(
            context,
            async view =>
            {
                var latest = sessions.CanCount ? await counts.LatestAsync(context.RequestAborted) : null;
                await (
                    latest is { Number: null }
                        ? DashboardResponse.WriteAsync(context, ProblemPage.StoreFailed(view), StatusCodes.Status503ServiceUnavailable)
                        : DashboardResponse.WriteAsync(context, OverviewPage.Of(view, latest, counts.Samples))
                );
            }
        );

    public Task SearchAsync(HttpContext context) =>
        RespondToFormAsync(
            context,
            async view =>
            {
                var form = await context.Request.ReadFormAsync(context.RequestAborted);
                if (form["subject"].ToString().Trim() is not { Length: > 0 } subject || !Sid.IsValid(subject))
                {
                    await DashboardResponse.WriteAsync(context, ProblemPage.BadForm(view), StatusCodes.Status400BadRequest);
                    return;
                }

                DashboardResponse.See(context, view.Links.User(subject));
            }
        );

    public Task UserAsync(HttpContext context) =>
        ForTargetAsync(
            context,
            async (view, target) =>
            {
                var list = await sessions.ListAsync(target.Subject, context.RequestAborted);
                var page = int.TryParse(context.Request.Query["page"], CultureInfo.InvariantCulture, out var number) ? number : 1;
                var message = DashboardResult.MessageOf(context.Request.Query[DashboardLinks.ResultKey]);
                await DashboardResponse.WriteAsync(context, UserPage.Of(view, target.Subject, list, page, message));
            }
        );

    public Task SessionAsync(HttpContext context) =>
        ForTargetAsync(
            context,
            async (view, target) =>
                await (
                    target.Handle is { } handle && await sessions.FindAsync(target.Subject, handle, context.RequestAborted) is { } found
                        ? DashboardResponse.WriteAsync(context, SessionPage.Of(view, target.Subject, found))
                        : NotFoundAsync(context, view)
                )
        );

    public Task ConfirmAsync(HttpContext context) =>
        ForTargetAsync(
            context,
            async (view, target) =>
            {
                if (options.IsReadOnly)
                {
                    await DashboardResponse.WriteAsync(context, ProblemPage.ReadOnly(view), StatusCodes.Status403Forbidden);
                }
                else if (target.Handle is not { } handle)
                {
                    var list = await sessions.ListAsync(target.Subject, context.RequestAborted);
                    await DashboardResponse.WriteAsync(context, ConfirmPage.OfAll(view, target, list.Sessions.Count));
                }
                else if (await sessions.FindAsync(target.Subject, handle, context.RequestAborted) is { } found)
                {
                    await DashboardResponse.WriteAsync(context, ConfirmPage.OfOne(view, target, found.Session));
                }
                else
                {
                    await NotFoundAsync(context, view);
                }
            }
        );

    public Task EndAsync(HttpContext context) =>
        RespondToFormAsync(
            context,
            view =>
                options.IsReadOnly
                    ? DashboardResponse.WriteAsync(context, ProblemPage.ReadOnly(view), StatusCodes.Status403Forbidden)
                    : ForTargetAsync(
                        context,
                        view,
                        async target =>
                        {
                            var ended = await EndAsync(context, target);
                            DashboardResponse.See(context, view.Links.User(target.Subject, DashboardResult.Of(ended)));
                        }
                    )
        );

    /// <summary>
    /// Ends what was asked for. The one place at which an operator ends sessions: each session that ends is reported with the reason
    /// <see cref="SessionEndReason"/> of an operator by what ends it.
    /// </summary>
    private async ValueTask<EndedUserSessions> EndAsync(HttpContext context, DashboardTarget target)
    {
        var name = context.User.Identity?.Name ?? "without a name";
        DashboardLog.Ends(logger, name, target.Handle is null ? "all sessions" : "one session");
        var ended = target.Handle is { } handle
            ? new EndedUserSessions(
                await sessions.EndAsync(target.Subject, handle, context.RequestAborted) ? 1 : 0,
                Failed: 0,
                IndexWasMissing: false
            )
            : await sessions.EndAllAsync(target.Subject, context.RequestAborted);
        DashboardLog.Ended(logger, name, ended.Ended, ended.Failed);
        return ended;
    }

    private static Task NotFoundAsync(HttpContext context, DashboardView view) =>
        DashboardResponse.WriteAsync(context, ProblemPage.NotFound(view), StatusCodes.Status404NotFound);

    private Task ForTargetAsync(HttpContext context, Func<DashboardView, DashboardTarget, Task> respond) =>
        RespondAsync(context, view => ForTargetAsync(context, view, target => respond(view, target)));

    private Task ForTargetAsync(HttpContext context, DashboardView view, Func<DashboardTarget, Task> respond) =>
        sessions.KnowsUsers && tokens.TryRead((string?)context.Request.RouteValues["token"], out var target)
            ? respond(target)
            : NotFoundAsync(context, view);

    private Task RespondToFormAsync(HttpContext context, Func<DashboardView, Task> respond) =>
        RespondAsync(
            context,
            async view =>
                await (
                    await antiforgery.IsRequestValidAsync(context)
                        ? respond(view)
                        : DashboardResponse.WriteAsync(context, ProblemPage.BadForm(view), StatusCodes.Status400BadRequest)
                )
        );

    private async Task RespondAsync(HttpContext context, Func<DashboardView, Task> respond)
    {
        access.ThrowIfOpen(context.GetEndpoint()!);
        var antiforgeryTokens = antiforgery.GetAndStoreTokens(context);
        var view = new DashboardView(
            options,
            new DashboardLinks(links, tokens, context),
            sessions,
            timeProvider.GetUtcNow(),
            Markup.Of($"""<input type="hidden" name="{antiforgeryTokens.FormFieldName}" value="{antiforgeryTokens.RequestToken}">""")
        );
        try
        {
            await respond(view);
        }
        catch (SessionStoreException failure) when (!context.Response.HasStarted)
        {
            DashboardLog.StoreFailed(logger, sessions.Backend, failure);
            await DashboardResponse.WriteAsync(context, ProblemPage.StoreFailed(view), StatusCodes.Status503ServiceUnavailable);
        }
    }
}
