using Session;

namespace Demo.Pages;

internal static class SignIn
{
    /// <summary>A new id at sign-in: one that somebody planted in the browser before is worth nothing from here on.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, ServerSession session)
    {
        var form = await context.Request.ReadFormAsync();
        var user = form["user"].ToString().Trim();
        if (user.Length is > 0 and <= 64)
        {
            await session.RegenerateAsync(keepData: true);
            session.Set("user", user);
        }

        return Results.Redirect("/");
    }
}
