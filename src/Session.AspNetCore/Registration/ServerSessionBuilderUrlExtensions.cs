using Microsoft.Extensions.Configuration;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses the store by a text: a URL, or the application's configuration.</summary>
public static class ServerSessionBuilderUrlExtensions
{
    /// <summary>
    /// Uses the store that a URL names, in place of any added before: <c>memory:</c>, <c>sqlite:FILE</c>, <c>file:FOLDER</c>, <c>redis://…</c>,
    /// <c>rediss://…</c>, <c>postgres://…</c>, <c>mongodb://…</c>. The backend's package must be installed; its store is made with the defaults of its options.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="url">The URL; the scheme in any case.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The URL is malformed, or its scheme is unknown; the message repeats no password.</exception>
    /// <exception cref="InvalidOperationException">The backend's package is not installed; the message names it.</exception>
    public static IServerSessionBuilder AddStoreFromUrl(this IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        var package = StoreSchemes.PackageOfUrl(url)
            ?? throw new ArgumentException(
                $"The URL of a session store starts with one of: {StoreSchemes.Known}. {StoreSchemes.WhyNoUrl(url)}A store of your own is added with AddStore<TStore>().",
                nameof(url));
        StoreSchemes.Load(package).AddStore(builder, url);
        return builder;
    }

    /// <summary>
    /// Uses the store that the configuration names. <c>ServerSessions:Store</c> is a URL as in <see cref="AddStoreFromUrl"/>, or the name of a backend (<c>memory</c>,
    /// <c>sqlite</c>, <c>file</c>, <c>redis</c>, <c>postgres</c>, <c>mongodb</c>). For a name, <c>ConnectionStrings:ServerSessions</c> holds the connection string, in the
    /// form of the backend's driver or as a URL. If <c>ServerSessions:Store</c> is absent, <c>ConnectionStrings:ServerSessions</c> must be a URL. Line breaks at the end of
    /// either value are left out.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configuration">The application's configuration, read at once.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">A URL is malformed or of another backend than the one named.</exception>
    /// <exception cref="InvalidOperationException">
    /// The configuration names no store, or a backend without its connection string, or one whose package is not installed. The message says what to set.
    /// </exception>
    public static IServerSessionBuilder AddStoreFromConfiguration(this IServerSessionBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        var store = Value(configuration["ServerSessions:Store"]);
        var connectionString = Value(configuration.GetConnectionString("ServerSessions"));
        if (store is null)
        {
            return builder.AddStoreFromUrl(ConfiguredUrl(connectionString));
        }

        if (store.Contains(':', StringComparison.Ordinal))
        {
            return builder.AddStoreFromUrl(store);
        }

        var package = StoreSchemes.PackageOf(store)
            ?? throw new InvalidOperationException(
                $"ServerSessions:Store names no backend that is known. It is memory, sqlite, file, redis, postgres, mongodb, or a URL: {StoreSchemes.Known}.");
        if (connectionString is null && StoreSchemes.ExampleOf(package) is { } example)
        {
            throw new InvalidOperationException(
                $"ServerSessions:Store is '{store}', but ConnectionStrings:ServerSessions is not set. Set it to '{example}', for example (environment: ConnectionStrings__ServerSessions).");
        }

        var urls = StoreSchemes.Load(package);
        var other = connectionString is null ? null : StoreSchemes.PackageOfUrl(connectionString);
        if (other is null || (other != package && StoreSchemes.IsOnNetwork(package) && StoreSchemes.IsHostAndPort(connectionString!)))
        {
            urls.AddStoreFromConnectionString(builder, connectionString ?? "");
        }
        else if (other == package)
        {
            urls.AddStore(builder, connectionString!);
        }
        else
        {
            throw new ArgumentException(
                $"ServerSessions:Store is '{store}', but ConnectionStrings:ServerSessions is a URL for {other}. Make the two agree, or remove ServerSessions:Store.", nameof(configuration));
        }

        return builder;
    }

    /// <summary>A secret that was mounted as a file often ends with a line break; one that is blank is not set.</summary>
    private static string? Value(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.TrimEnd('\r', '\n');

    /// <summary>What stands in <c>ConnectionStrings:ServerSessions</c> if <c>ServerSessions:Store</c> is not set.</summary>
    private static string ConfiguredUrl(string? connectionString)
    {
        if (connectionString is null)
        {
            throw new InvalidOperationException(
                "The configuration names no session store. Set ServerSessions:Store to a URL such as 'sqlite:sessions.db' (environment: ServerSessions__Store).");
        }

        if (StoreSchemes.PackageOfUrl(connectionString) is not null)
        {
            return connectionString;
        }

        var name = StoreSchemes.NameFor(connectionString);
        throw new InvalidOperationException(
            "ConnectionStrings:ServerSessions is set, but ServerSessions:Store is not, and the connection string is no URL that names its backend. "
            + $"Set ServerSessions:Store={name ?? "sqlite, file, redis, postgres or mongodb"} as well (environment: ServerSessions__Store{(name is null ? "" : "=" + name)}), "
            + $"or write a URL, which starts with one of: {StoreSchemes.Known}. {StoreSchemes.WhyNoUrl(connectionString)}".TrimEnd());
    }
}
