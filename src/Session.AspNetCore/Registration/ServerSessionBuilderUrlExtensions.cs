using Microsoft.Extensions.Configuration;
using Session;

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
        var package = url.Contains(':', StringComparison.Ordinal) ? StoreSchemes.PackageOf(StoreSchemes.SchemeOf(url)) : null;
        if (package is null)
        {
            throw new ArgumentException(
                $"The URL of a session store starts with one of: {StoreSchemes.Known}. A store of your own is added with AddStore<TStore>().", nameof(url));
        }

        StoreSchemes.Load(package).AddStore(builder, url);
        return builder;
    }

    /// <summary>
    /// Uses the store that the configuration names. <c>Session:Store</c> is a URL as in <see cref="AddStoreFromUrl"/>, or the name of a backend (<c>memory</c>,
    /// <c>sqlite</c>, <c>file</c>, <c>redis</c>, <c>postgres</c>, <c>mongodb</c>) whose connection string is <c>ConnectionStrings:Session</c>, in the form
    /// of its driver or as a URL. Where <c>Session:Store</c> is absent, <c>ConnectionStrings:Session</c> must be a URL.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configuration">The application's configuration, read at once.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">A URL is malformed or of another backend than the one named.</exception>
    /// <exception cref="InvalidOperationException">The configuration names no store, or a backend whose package is not installed.</exception>
    public static IServerSessionBuilder AddStoreFromConfiguration(this IServerSessionBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        var store = configuration["Session:Store"];
        var connectionString = configuration.GetConnectionString("Session");
        if (string.IsNullOrWhiteSpace(store))
        {
            return builder.AddStoreFromUrl(string.IsNullOrWhiteSpace(connectionString)
                ? throw new InvalidOperationException(
                    "The configuration names no session store. Set Session:Store to a URL such as 'sqlite:sessions.db' (environment: Session__Store).")
                : connectionString);
        }

        if (store.Contains(':', StringComparison.Ordinal))
        {
            return builder.AddStoreFromUrl(store);
        }

        var package = StoreSchemes.PackageOf(store)
            ?? throw new InvalidOperationException(
                $"Session:Store names no backend that is known. It is memory, sqlite, file, redis, postgres, mongodb, or a URL: {StoreSchemes.Known}.");
        var urls = StoreSchemes.Load(package);
        if (connectionString is null || StoreSchemes.PackageOf(StoreSchemes.SchemeOf(connectionString)) is not { } other)
        {
            urls.AddStoreFromConnectionString(builder, connectionString ?? "");
        }
        else if (other == package)
        {
            urls.AddStore(builder, connectionString);
        }
        else
        {
            throw new ArgumentException(
                $"Session:Store is '{store}', but ConnectionStrings:Session is a URL for {other}. Make the two agree, or remove Session:Store.", nameof(configuration));
        }

        return builder;
    }
}
