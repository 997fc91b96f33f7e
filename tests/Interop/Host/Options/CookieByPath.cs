using System.Text.Json;

namespace ServerSessions.Interop.Host.Options;

/// <summary>
/// Beyond the protocol page: the member <c>cookieByPath</c>, an object of paths and cookie objects, is cookie options as a function of the
/// request. Those of the longest path count that the request's begins with.
/// </summary>
internal static class CookieByPath
{
    public static Func<HttpContext, ExpressCookieOptions> Read(JsonElement cookieByPath)
    {
        var cookies = cookieByPath
            .EnumerateObject()
            .Select(static member => (Path: member.Name, Cookie: ExpressCookieOptions.Read(member.Value)))
            .OrderByDescending(static member => member.Path.Length)
            .ToList();
        var otherwise = ExpressCookieOptions.Read(default);
        return context =>
        {
            var path = context.Request.Path.Value!;
            return cookies.Find(member => path.StartsWith(member.Path, StringComparison.Ordinal)).Cookie ?? otherwise;
        };
    }
}
