using ServerSessions;

namespace Demo.Pages;

internal static class SignOut
{
    public static async Task<IResult> HandleAsync(ServerSession session)
    {
        await session.DestroyAsync();
        return Results.Redirect("/");
    }
}
