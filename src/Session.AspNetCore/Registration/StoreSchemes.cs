using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using ServerSessions.Stores.Memory;

namespace ServerSessions;

/// <summary>
/// The backends that can be chosen by a text. Only the names of their packages are known here; whether a package is installed shows when its type is looked up.
/// </summary>
internal static class StoreSchemes
{
    public const string Known = "memory:, sqlite:FILE, file:FOLDER, redis://, rediss://, postgres://, postgresql://, mongodb://, mongodb+srv://";

    private const int LongestScheme = 20;
    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+.-");

    /// <summary>The part before the first colon; the whole text if there is none.</summary>
    public static string SchemeOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? text : text[..colon];
    }

    /// <summary>
    /// The package whose URL the text is; <see langword="null"/> if it is no URL of a known backend. A backend that is reached over a network needs <c>://</c>:
    /// <c>redis:6379</c> is a host called <c>redis</c> and a port.
    /// </summary>
    public static string? PackageOfUrl(string text)
    {
        var scheme = SchemeOf(text);
        return scheme.Length < text.Length && PackageOf(scheme) is { } package
            && (!IsOnNetwork(package) || text.AsSpan(scheme.Length).StartsWith("://", StringComparison.Ordinal)) ? package : null;
    }

    /// <summary>Whether a text begins with a host and a port, whatever the host is called.</summary>
    public static bool IsHostAndPort(string text)
    {
        var rest = text.AsSpan(Math.Min(SchemeOf(text).Length + 1, text.Length));
        var port = rest[..(rest.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : rest.Length)];
        return port.Length > 0 && (port.Length == rest.Length || rest[port.Length] == ',');
    }

    public static bool IsOnNetwork(string package) => package is "Session.Stores.Redis" or "Session.Stores.Postgres" or "Session.Stores.Mongo";

    /// <summary>The package for a URL scheme or the name of a backend; <see langword="null"/> where there is none of that name.</summary>
    public static string? PackageOf(string schemeOrName) => schemeOrName.ToLowerInvariant() switch
    {
        "memory" => "Session.Stores.Memory",
        "sqlite" => "Session.Stores.Sqlite",
        "file" => "Session.Stores.File",
        "redis" or "rediss" => "Session.Stores.Redis",
        "postgres" or "postgresql" => "Session.Stores.Postgres",
        "mongo" or "mongodb" or "mongodb+srv" => "Session.Stores.Mongo",
        _ => null,
    };

    /// <summary>
    /// Names the scheme that a text starts with, if there is one and it is not known; nothing else of the text is repeated, since it may hold a password.
    /// </summary>
    /// <returns>A sentence and a space, or nothing.</returns>
    public static string WhyNoUrl(string text)
    {
        var end = text.IndexOf("://", StringComparison.Ordinal);
        if (end > 0 && end <= LongestScheme && text.AsSpan(0, end).ContainsAnyExcept(SchemeCharacters) is false)
        {
            return $"This one starts with '{text[..end]}://'. ";
        }

        return PackageOf(SchemeOf(text)) is { } package && IsOnNetwork(package)
            ? $"After '{SchemeOf(text)}' it needs '://'; a connection string in the form of the driver belongs into ConnectionStrings:ServerSessions, with ServerSessions:Store={SchemeOf(text)} beside it. "
            : "";
    }

    /// <summary>A connection string for a message; <see langword="null"/> if the backend takes none.</summary>
    public static string? ExampleOf(string package) => package switch
    {
        "Session.Stores.Sqlite" => "Data Source=sessions.db",
        "Session.Stores.File" => "sessions",
        "Session.Stores.Redis" => "localhost:6379",
        "Session.Stores.Postgres" => "Host=localhost;Database=app",
        "Session.Stores.Mongo" => "mongodb://localhost:27017/app",
        _ => null,
    };

    /// <summary>The name of the backend whose driver writes connection strings like this one; <see langword="null"/> if that cannot be told.</summary>
    public static string? NameFor(string connectionString)
    {
        if (IsHostAndPort(connectionString))
        {
            return "redis";
        }

        return Has("Data Source=") || Has("DataSource=") ? "sqlite" : Has("Host=") || Has("Server=") ? "postgres" : null;

        bool Has(string key) => connectionString.Contains(key, StringComparison.OrdinalIgnoreCase);
    }

    /// <exception cref="InvalidOperationException">The package is not installed.</exception>
    public static ISessionStoreUrl Load(string package)
    {
        if (package == "Session.Stores.Memory")
        {
            return new MemorySessionStoreUrl();
        }

        var type = Find(package)
            ?? throw new InvalidOperationException(
                $"The session store needs the package {package}, which this application does not have. Run: dotnet add package {package}");
        return (ISessionStoreUrl)Activator.CreateInstance(type)!;
    }

    // Each name is written out, so that trimming and native compilation see which types are looked up.
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    private static Type? Find(string package) => package switch
    {
        "Session.Stores.Sqlite" => Type.GetType("ServerSessions.Stores.Sqlite.SqliteSessionStoreUrl, Session.Stores.Sqlite"),
        "Session.Stores.File" => Type.GetType("ServerSessions.Stores.File.FileSessionStoreUrl, Session.Stores.File"),
        "Session.Stores.Redis" => Type.GetType("ServerSessions.Stores.Redis.RedisSessionStoreUrl, Session.Stores.Redis"),
        "Session.Stores.Postgres" => Type.GetType("ServerSessions.Stores.Postgres.PostgresSessionStoreUrl, Session.Stores.Postgres"),
        "Session.Stores.Mongo" => Type.GetType("ServerSessions.Stores.Mongo.MongoSessionStoreUrl, Session.Stores.Mongo"),
        _ => null,
    };
}
