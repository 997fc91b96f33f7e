namespace ServerSessions;

/// <summary>
/// The packages of this project and their URL prefixes, for messages about a missing package. Only <see cref="StoreProviders"/> decides
/// what can be chosen. A test compares this list with the providers.
/// </summary>
internal static class StorePackages
{
    private static readonly (string Package, string[] UrlPrefixes)[] All =
    [
        ("Session.Stores.File", ["file:"]),
        ("Session.Stores.Mongo", ["mongodb://", "mongodb+srv://"]),
        ("Session.Stores.MySql", ["mysql://", "mariadb://"]),
        ("Session.Stores.Postgres", ["postgres://", "postgresql://"]),
        ("Session.Stores.Redis", ["redis://", "rediss://"]),
        ("Session.Stores.Sqlite", ["sqlite:"]),
    ];

    public static IEnumerable<string> UrlPrefixes => All.SelectMany(static package => package.UrlPrefixes);

    /// <summary>Returns the package that provides a URL; <see langword="null"/> if none of this project does.</summary>
    public static string? OfUrl(string text) =>
        Array
            .Find(All, package => Array.Exists(package.UrlPrefixes, prefix => text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .Package;

    /// <summary>
    /// Returns the package of a backend by its name or one of its schemes; <see langword="null"/> if none of this project has it.
    /// </summary>
    public static string? OfName(string name) =>
        Array
            .Find(All, package =>
                name.Equals(package.Package["Session.Stores.".Length..], StringComparison.OrdinalIgnoreCase)
                || Array.Exists(package.UrlPrefixes, prefix =>
                    name.Equals(StoreProviders.SchemeOf(prefix), StringComparison.OrdinalIgnoreCase)
                )
            )
            .Package;

    /// <summary>Lists the packages whose URLs are not among the given ones, for a message.</summary>
    /// <returns>A sentence and a space.</returns>
    public static string Further(IReadOnlyCollection<string> known)
    {
        var further = All.Where(package => !package.UrlPrefixes.Any(known.Contains))
            .Select(static package => $"{package.Package} ({string.Join(", ", package.UrlPrefixes)})");
        return $"Other backends need their package ({string.Join("; ", further.Append("or one from another project"))}). Run "
            + "'dotnet add package NAME --prerelease'. ";
    }

    /// <summary>Returns the message that a package must be added.</summary>
    public static string Missing(string package) =>
        $"The session store needs the package {package}, which this application does not name. Run "
        + $"'dotnet add package {package} --prerelease'. A project that sets GenerateAssemblyInfo to false also writes [assembly: "
        + "ServerSessions.SessionStoreProvider(typeof(PROVIDER))], with the package's provider.";
}
