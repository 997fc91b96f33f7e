using System.Net;

namespace ServerSessions.Stores;

/// <summary>Hosts in connection strings and in messages.</summary>
internal static class HostText
{
    /// <summary>
    /// Whether a text is an address, or a name of letters of any language, digits, dots, hyphens and underscores. The platform's own check
    /// takes spaces and other characters that only a mistake brings there.
    /// </summary>
    /// <param name="text">The text; an IPv6 address with or without brackets.</param>
    public static bool IsHost(string text) =>
        text.Length > 0
        && (IPAddress.TryParse(text, out _) || text.All(static letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_'));

    /// <summary>Servers as messages name them: a server whose name may be a password is counted only.</summary>
    /// <param name="named">The names that can be shown.</param>
    /// <param name="unnamed">How many servers there are beside them.</param>
    /// <param name="separator">What stands between two names.</param>
    public static string ListServers(IReadOnlyCollection<string> named, int unnamed, string separator) =>
        (named.Count, unnamed) switch
        {
            (_, 0) => string.Join(separator, named),
            (0, 1) => "one server that is not named here",
            (0, _) => $"{unnamed} servers that are not named here",
            _ => $"{string.Join(separator, named)} and {unnamed} more",
        };
}
