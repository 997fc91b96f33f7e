using ServerSessions;

namespace Demo.Pages;

/// <summary>The list of a user's sessions, which the library renders and ends.</summary>
internal static class DevicesPage
{
    public static void Configure(UserSessionEndpointOptions options)
    {
        options.PagePath = "/devices";
        options.SignOutPath = "/sign-out";
        options.Texts = static _ => new UserSessionTexts
        {
            Introduction = "End one, and the next click on that device finds it signed out.",
        };
    }

    public static async Task<IResult> ShowAsync(HttpContext context, ServerSession session) =>
        Html.Page(
            "Devices",
            session,
            session.Login is null
                ? """
                    <h1>See where you are signed in</h1>
                    <p>The list is of the user who is signed in. <a href="/sign-in">Sign in</a> first.</p>
                """
                : $"""
                    <h1>See where you are signed in</h1>
                    <p>To have a second device, open the demo in a private window or in another browser, and sign in under the same name.
                    Then load this page again.</p>
                    {await context.RenderUserSessionsAsync()}
                """
        );
}
