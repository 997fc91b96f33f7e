using System.Net;

namespace Session.Stores;

/// <summary>What can be a host. The platform's own check takes spaces and other characters that only a mistake brings there.</summary>
internal static class HostText
{
    /// <summary>Whether a text is an address, or a name of letters of any language, digits, dots, hyphens and underscores.</summary>
    /// <param name="text">The text; an IPv6 address with or without brackets.</param>
    public static bool IsHost(string text) =>
        text.Length > 0 && (IPAddress.TryParse(text, out _) || text.All(static letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_'));
}
