using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>Renders the list of the sessions of the user who asks, for the endpoint's page or one of the application's.</summary>
internal sealed class UserSessionPart(
    UserSessionEndpointOptions options,
    UserSessionLinks links,
    ListedHandles handles,
    IUserSessions users,
    IAntiforgery antiforgery,
    TimeProvider timeProvider
)
{
    /// <summary>What the address of the page says after one session was ended.</summary>
    public const string Ended = "ended";

    /// <summary>What the address of the page says after all others were ended.</summary>
    public const string EndedOthers = "ended-others";

    /// <summary>What the address of the page says if a session may not be ended.</summary>
    public const string Failed = "failed";

    /// <summary>Returns the sign-in of a request; <see langword="null"/> if no one is signed in.</summary>
    public UserLogin? LoginOf(HttpContext context) => context.FindServerSession(options.SessionName)?.Login;

    /// <summary>Returns the list as HTML; nothing if no one is signed in.</summary>
    /// <param name="context">The request.</param>
    /// <param name="level">The level of the heading.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public async ValueTask<IHtmlContent> RenderAsync(HttpContext context, int level)
    {
        if (LoginOf(context) is not { } login)
        {
            return HtmlString.Empty;
        }

        var list = await users.ListAsync(login.Subject, login.Handle, context.RequestAborted);
        var tokens = antiforgery.GetAndStoreTokens(context);
        var texts = options.Texts(context);
        var form = new UserSessionForm(
            Markup.Of($"""<input type="hidden" name="{tokens.FormFieldName}" value="{tokens.RequestToken}">"""),
            links.End(context),
            links.EndOthers(context),
            links.SignOut(context),
            handle => handles.Prove(login.Subject, handle)
        );
        var message = UserSessionLinks.ResultOf(context) switch
        {
            Ended => texts.Ended,
            EndedOthers => texts.EndedOthers,
            Failed => texts.Failed,
            _ => null,
        };
        return new HtmlString(new UserSessionMarkup(texts, timeProvider.GetUtcNow()).Part(list, form, message, level).ToString());
    }
}
