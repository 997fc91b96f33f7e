using Microsoft.AspNetCore.Mvc;
using ServerSessions;

namespace Demo.Pages;

internal static class SignIn
{
    /// <summary>
    /// A new id at sign-in: one that somebody planted in the browser before is worth nothing from here on. A body that is no form is
    /// refused with 415.
    /// </summary>
    public static async Task<IResult> HandleAsync([FromForm] string? user, ServerSession session)
    {
        user = user?.Trim();
        if (user is { Length: > 0 and <= 64 })
        {
            await session.RenewForSignInAsync();
            session.Set("user", user);
        }

        return Results.Redirect("/");
    }
}
