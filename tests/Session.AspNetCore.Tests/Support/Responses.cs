namespace ServerSessions.Tests;

internal static class Responses
{
    /// <summary>The session's Set-Cookie header, or nothing.</summary>
    public static string? SetCookie(this HttpResponseMessage response, string name = SessionCookieOptions.DefaultName) =>
        response.Headers.TryGetValues("Set-Cookie", out var values)
            ? values.SingleOrDefault(value => value.StartsWith(name + "=", StringComparison.Ordinal))
            : null;

    /// <summary>What a browser would send back: name and value.</summary>
    public static string Cookie(this HttpResponseMessage response, string name = SessionCookieOptions.DefaultName) =>
        response.SetCookie(name)?.Split(';')[0] ?? throw new InvalidOperationException($"No cookie {name} in this response.");

    public static Task<string> BodyAsync(this HttpResponseMessage response) => response.Content.ReadAsStringAsync();
}
