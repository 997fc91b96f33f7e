using System.Net;

namespace ServerSessions.Stores;

/// <summary>Validates and formats host names.</summary>
public static class HostNames
{
    /// <summary>
    /// Whether a text is an address, or a name of letters (of any language), digits, dots, hyphens and underscores. The platform's check
    /// also accepts spaces and other characters that are mistakes.
    /// </summary>
    /// <param name="text">The text; an IPv6 address may have brackets.</param>
    /// <returns>Whether it is a host.</returns>
    public static bool IsHost(string text) =>
        !string.IsNullOrEmpty(text)
        && (
            (IPAddress.TryParse(text, out _) && !text.Any(char.IsWhiteSpace))
            || text.All(static letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_')
        );

    /// <summary>Formats servers for messages. Servers whose name may be a password are only counted.</summary>
    /// <param name="named">The names to show.</param>
    /// <param name="unnamed">The number of other servers.</param>
    /// <param name="separator">The separator between names.</param>
    /// <returns>The text.</returns>
    public static string List(IReadOnlyCollection<string> named, int unnamed, string separator)
    {
        ArgumentNullException.ThrowIfNull(named);
        return (named.Count, unnamed) switch
        {
            (_, 0) => string.Join(separator, named),
            (0, 1) => "one server that is not named here",
            (0, _) => $"{unnamed} servers that are not named here",
            _ => $"{string.Join(separator, named)} and {unnamed} more",
        };
    }
}
