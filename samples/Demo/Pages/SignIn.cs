using Microsoft.AspNetCore.Mvc;
using ServerSessions;

namespace Demo.Pages;

internal static class SignIn
{
    /// <summary>
    /// Signs a user in under a new session id, so that an id that an attacker planted in the browser opens nothing. A body that is not a
    /// form gets 415.
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
