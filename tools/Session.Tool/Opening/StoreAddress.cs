using ServerSessions.Stores;

namespace ServerSessions.Tool.Opening;

/// <summary>The URL of a store, and what of it may be shown.</summary>
internal sealed class StoreAddress
{
    private const string Hidden = "***";

    private StoreAddress(string url, string name, bool hasPassword) => (Url, Name, HasPassword) = (url, name, hasPassword);

    /// <summary>The URL with its secrets.</summary>
    public string Url { get; }

    /// <summary>The place without scheme, user, password and parameters: <c>db1/app</c>, <c>sessions.db</c>.</summary>
    public string Name { get; }

    public bool HasPassword { get; }

    /// <summary>The URL without user, password and parameters: <c>redis://***@db1/0</c>.</summary>
    public string Shown => $"{Scheme}{(HasPassword ? Hidden + "@" : "")}{Name}";

    private string Scheme { get; init; } = "";

    /// <param name="url">The URL. Line breaks at its end are ignored.</param>
    /// <exception cref="ToolException">The text is empty or no URL.</exception>
    public static StoreAddress Parse(string url)
    {
        url = url.TrimEnd('\r', '\n');
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            throw new ToolException(
                "The store is no URL. Write one such as redis://localhost:6379/0 or sqlite:sessions.db, or @FILE for a file that holds it."
            );
        }

        var separator = url.IndexOf("://", StringComparison.Ordinal);
        return separator == colon && !IsPath(url[..colon]) ? OfNetwork(url, separator) : OfPath(url, colon);
    }

    /// <summary>Returns this address with a password in place of the one that it has.</summary>
    /// <exception cref="ToolException">The URL has no user to whom the password belongs, or is no URL of a server.</exception>
    public StoreAddress WithPassword(string password)
    {
        var start = Url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end =
            start < 3 ? -1
            : Url.IndexOfAny(['/', '?'], start) is var slash and >= 0 ? slash
            : Url.Length;
        if (end < 0 || IsPath(Url[..(start - 3)]))
        {
            throw new ToolException("--password-stdin needs the URL of a server, such as redis://user@host/0.");
        }

        var at = Url.LastIndexOf('@', end - 1, end - start);
        var user = at < 0 ? "" : Url[start..at].Split(':')[0];
        return Parse($"{Url[..start]}{user}:{Uri.EscapeDataString(password)}@{Url[(at < 0 ? start : at + 1)..]}");
    }

    private static bool IsPath(string scheme) => scheme is "sqlite" or "file";

    private static StoreAddress OfNetwork(string url, int separator)
    {
        try
        {
            var parts = StoreUrl.Parse(url);
            var path = string.IsNullOrEmpty(parts.Path) ? "" : "/" + parts.Path;
            return new StoreAddress(url, parts.Authority + path, parts.User is not null || parts.Password is not null)
            {
                Scheme = url[..(separator + 3)],
            };
        }
        catch (StoreUrlException error)
        {
            throw new ToolException($"The URL of the store {error.Message}", innerException: error);
        }
    }

    // A path may be a connection string of a driver, with a password in it.
    private static StoreAddress OfPath(string url, int colon)
    {
        var path = url[(colon + 1)..];
        var mayHoldPassword = path.Contains('=', StringComparison.Ordinal);
        return new StoreAddress(url, mayHoldPassword ? Hidden : path, hasPassword: false) { Scheme = url[..(colon + 1)] };
    }
}
