using System.Diagnostics.CodeAnalysis;
using Session.Stores.Memory;

namespace Session;

/// <summary>
/// The backends that can be chosen by a text. Only the names of their packages are known here; whether a package is installed shows when its type is looked up.
/// </summary>
internal static class StoreSchemes
{
    public const string Known = "memory:, sqlite:FILE, file:FOLDER, redis://, rediss://, postgres://, postgresql://, mongodb://, mongodb+srv://";

    /// <summary>The part before the first colon; the whole text where there is none.</summary>
    public static string SchemeOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? text : text[..colon];
    }

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
        "Session.Stores.Sqlite" => Type.GetType("Session.Stores.Sqlite.SqliteSessionStoreUrl, Session.Stores.Sqlite"),
        "Session.Stores.File" => Type.GetType("Session.Stores.File.FileSessionStoreUrl, Session.Stores.File"),
        "Session.Stores.Redis" => Type.GetType("Session.Stores.Redis.RedisSessionStoreUrl, Session.Stores.Redis"),
        "Session.Stores.Postgres" => Type.GetType("Session.Stores.Postgres.PostgresSessionStoreUrl, Session.Stores.Postgres"),
        "Session.Stores.Mongo" => Type.GetType("Session.Stores.Mongo.MongoSessionStoreUrl, Session.Stores.Mongo"),
        _ => null,
    };
}
