namespace ServerSessions.Interop.Driver;

/// <summary>The response of one host to one request.</summary>
/// <param name="Status">The status code; 0 without a whole response.</param>
/// <param name="Body">The body.</param>
/// <param name="SetCookies">The Set-Cookie headers.</param>
internal sealed record Exchange(int Status, string Body, IReadOnlyList<SetCookieHeader> SetCookies)
{
    /// <summary>The connection was cut before the response was whole.</summary>
    public static Exchange Cut { get; } = new(0, "", []);

    public override string ToString() => $"{Status} {Body} {string.Join(" | ", SetCookies.Select(Describe))}";

    private static string Describe(SetCookieHeader cookie) => $"{cookie.Name}={cookie.Value}{cookie.Attributes} ({cookie.Expires:o})";
}
