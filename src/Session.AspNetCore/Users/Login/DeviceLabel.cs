using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>Describes a device by the header <c>User-Agent</c>: <c>Firefox on Windows</c>. A part that is not known is left out.</summary>
internal static class DeviceLabel
{
    /// <summary>The most characters of a description that are kept.</summary>
    public const int MaxLength = 100;

    // What follows is never needed, and a client can send any length.
    private const int MaxRead = 512;

    // In this order: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
    private static readonly (string Token, string Name)[] Browsers =
    [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];

    // In this order: Android also calls itself Linux, and an iPhone mentions Mac OS X.
    private static readonly (string Token, string Name)[] Systems =
    [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];

    public static string? Of(HttpContext context) => Of(context.Request.Headers.UserAgent.ToString());

    public static string? Of(string userAgent)
    {
        var text = userAgent.AsSpan(0, Math.Min(userAgent.Length, MaxRead));
        return (Find(text, Browsers), Find(text, Systems)) switch
        {
            ({ } browser, { } system) => $"{browser} on {system}",
            var (browser, system) => browser ?? system,
        };
    }

    /// <summary>Cuts a text to what is kept, and leaves no half of a character.</summary>
    public static string? Cut(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return text.Length <= MaxLength ? text : text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
    }

    private static string? Find(ReadOnlySpan<char> text, (string Token, string Name)[] known)
    {
        foreach (var (token, name) in known)
        {
            if (text.Contains(token, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return null;
    }
}
