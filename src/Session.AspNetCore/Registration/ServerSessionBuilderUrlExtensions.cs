using System.Buffers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using ServerSessions;
using ServerSessions.Stores;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a store by a URL or by the application's configuration.</summary>
public static class ServerSessionBuilderUrlExtensions
{
    private const int LongestScheme = 20;
    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+.-"
    );

    /// <summary>
    /// Registers the store of a URL. Replaces any store added before. The URL is <c>memory:</c>, or one that a package of the application
    /// provides: <c>sqlite:FILE</c>, <c>redis://…</c>. The store has the defaults of its options.
    /// </summary>
    /// <remarks>
    /// A package provides its URLs with a <see cref="SessionStoreProviderAttribute"/>, which it adds to the project that uses it. The
    /// attributes of these assemblies count: the program, the assembly that <see cref="IHostEnvironment.ApplicationName"/> names, and the
    /// assemblies that are loaded at the time of the call.
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="url">The URL. Its scheme is compared without regard to case.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The URL is malformed, or its scheme is unknown. The message contains no password.</exception>
    /// <exception cref="InvalidOperationException">
    /// The package of a backend of this project is not installed (the message names it), or two packages provide the URL.
    /// </exception>
    public static IServerSessionBuilder AddStoreFromUrl(this IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        AddStoreFromUrl(builder, StoreProviders.Of(builder.Services), SectionOf(builder), url, "");
        return builder;
    }

    /// <summary>
    /// Registers the store that the configuration names. <c>ServerSessions:Store</c> is a URL as in
    /// <see cref="AddStoreFromUrl(IServerSessionBuilder, string)"/>, or the name of a backend (<c>memory</c>, <c>sqlite</c>, <c>redis</c>).
    /// </summary>
    /// <remarks>
    /// For a name, <c>ConnectionStrings:ServerSessions</c> has the connection string, in the form of the backend's driver or as a URL. If
    /// <c>ServerSessions:Store</c> is absent, <c>ConnectionStrings:ServerSessions</c> must be a URL. Line breaks at the end of either value
    /// are ignored. Sessions of a name have the name in place of <c>ServerSessions</c> in both keys. If <c>ServerSessions:Move:From</c> is
    /// set, it is the URL of the old store of a move, and the other keys of <c>ServerSessions:Move</c> are those of
    /// <see cref="SessionMoveOptions"/>. The mode is read again when the configuration reloads. These keys without it are refused.
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="configuration">The application's configuration. Read at once.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">A URL is malformed, or belongs to another backend than the one named.</exception>
    /// <exception cref="InvalidOperationException">
    /// The configuration names no store, a backend without its connection string, a backend whose package is not installed, or one that two
    /// packages provide; or it has keys of a move without its old store. The message says what to set.
    /// </exception>
    public static IServerSessionBuilder AddStoreFromConfiguration(this IServerSessionBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        var section = SectionOf(builder);
        var providers = StoreProviders.Of(builder.Services);
        if (Value(configuration[$"{section}:Move:From"]) is not { } from)
        {
            ThrowIfMoving(configuration.GetSection($"{section}:Move"));
            AddConfigured(builder, providers, section, configuration);
            return builder;
        }

        return builder.MoveStore(
            old => AddStoreFromUrl(old, providers, section, from, $"{section}:Move:From is not the URL of a known backend. "),
            to => AddConfigured(to, providers, section, configuration),
            configuration.GetSection($"{section}:Move")
        );
    }

    /// <summary>Refuses the keys of a move that has no old store: they would do nothing, and an operator would wait for it.</summary>
    private static void ThrowIfMoving(IConfigurationSection move)
    {
        string[] keys = [.. move.GetChildren().Where(static key => Value(key.Value) is not null).Select(static key => key.Path)];
        if (keys.Length > 0)
        {
            throw new InvalidOperationException(
                $"No store was added: the configuration has {string.Join(", ", keys)} and no {move.Path}:From, so no session would move. "
                    + $"Set {move.Path}:From to the URL of the old store, or remove the other keys of {move.Path}."
            );
        }
    }

    private static void AddConfigured(
        IServerSessionBuilder builder,
        StoreProviders providers,
        string section,
        IConfiguration configuration
    )
    {
        var store = Value(configuration[$"{section}:Store"]);
        var connectionString = Value(configuration.GetConnectionString(section));
        if (store is null || store.Contains(':', StringComparison.Ordinal))
        {
            AddStoreFromUrl(
                builder,
                providers,
                section,
                store ?? ConfiguredUrl(providers, section, connectionString),
                $"{section}:Store is not the URL of a known backend. "
            );
            return;
        }

        AddStoreByName(builder, providers, section, store, connectionString, nameof(configuration));
    }

    private static void AddStoreByName(
        IServerSessionBuilder builder,
        StoreProviders providers,
        string section,
        string store,
        string? connectionString,
        string paramName
    )
    {
        var provider = providers.Named(store) ?? throw NoBackend(providers, section, store);
        if (connectionString is null && provider.ExampleConnectionString is { } example)
        {
            throw new InvalidOperationException(
                $"{section}:Store is '{store}', but ConnectionStrings:{section} is not set. Set it to '{example}', for "
                    + $"example (environment: ConnectionStrings__{section})."
            );
        }

        if (connectionString is not null && StoreProviders.Takes(provider, connectionString))
        {
            provider.AddStore(builder, connectionString);
        }
        else if (
            connectionString is null
            || provider.RecognizesConnectionString(connectionString)
            || OtherPackage(providers, connectionString) is not { } other
        )
        {
            provider.AddStoreFromConnectionString(builder, connectionString ?? "");
        }
        else
        {
            throw new ArgumentException(
                $"{section}:Store is '{store}', but ConnectionStrings:{section} is a URL for {other}. Make the two agree, or "
                    + $"remove {section}:Store.",
                paramName
            );
        }
    }

    /// <summary>Trims the line break that a secret from a mounted file often ends with. A blank value counts as not set.</summary>
    private static string? Value(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.TrimEnd('\r', '\n');

    private static string? OtherPackage(StoreProviders providers, string url) =>
        providers.OfUrl(url)?.GetType().Assembly.GetName().Name ?? StorePackages.OfUrl(url);

    /// <param name="builder">The builder.</param>
    /// <param name="providers">The backends.</param>
    /// <param name="section">The key of the configuration that has the store.</param>
    /// <param name="url">The URL.</param>
    /// <param name="problem">
    /// The start of the message if no backend has the URL: a sentence and a space that name the setting, or an empty string.
    /// </param>
    private static void AddStoreFromUrl(
        IServerSessionBuilder builder,
        StoreProviders providers,
        string section,
        string url,
        string problem
    )
    {
        if (providers.OfUrl(url) is { } provider)
        {
            provider.AddStore(builder, url);
            return;
        }

        throw StorePackages.OfUrl(url) is { } package
            ? new InvalidOperationException(StorePackages.Missing(package), providers.Failure)
            : new ArgumentException(
                $"{problem}{Known(providers)}{WhyNoUrl(providers, section, url)}{StorePackages.Further(providers.UrlPrefixes)}"
                    + "To use a store of your own, call AddStore<TStore>().",
                nameof(url),
                providers.Failure
            );
    }

    private static InvalidOperationException NoBackend(StoreProviders providers, string section, string name) =>
        new(
            StorePackages.OfName(name) is { } package
                ? StorePackages.Missing(package)
                : (
                    $"{section}:Store names no backend that is known. It is {string.Join(", ", providers.Names)}, or a URL. "
                    + $"{Known(providers)}{StorePackages.Further(providers.UrlPrefixes)}"
                ).TrimEnd(),
            providers.Failure
        );

    /// <summary>Returns <c>ConnectionStrings:ServerSessions</c> if <c>ServerSessions:Store</c> is not set.</summary>
    private static string ConfiguredUrl(StoreProviders providers, string section, string? connectionString)
    {
        if (connectionString is null)
        {
            throw new InvalidOperationException(
                $"The configuration names no session store. Set {section}:Store to a URL such as 'sqlite:sessions.db' "
                    + $"(environment: {section}__Store)."
            );
        }

        if (providers.OfUrl(connectionString) is not null || StorePackages.OfUrl(connectionString) is not null)
        {
            return connectionString;
        }

        var names = providers.NamesFor(connectionString);
        throw new InvalidOperationException(
            $"ConnectionStrings:{section} is set, but {section}:Store is not, and the connection string is no URL that names "
                + "its backend. "
                + $"Set {section}:Store={string.Join(" or ", names is [] ? providers.Names : names)} as well (environment: "
                + $"{section}__Store{(names is [var name] ? "=" + name : "")}), "
                + $"or write a URL. {Known(providers)}{WhyNoUrl(providers, section, connectionString)}"
                + StorePackages.Further(providers.UrlPrefixes).TrimEnd(),
            providers.Failure
        );
    }

    /// <summary>Returns the key of the configuration that has the store of these sessions.</summary>
    private static string SectionOf(IServerSessionBuilder builder) => builder.Name.Length == 0 ? "ServerSessions" : builder.Name;

    private static string Known(StoreProviders providers) =>
        $"The URL of a session store starts with one of: {string.Join(", ", providers.UrlPrefixes)}. ";

    /// <summary>
    /// Names the scheme at the start of a text, if it has an unknown one. Repeats nothing else of the text, which may contain a password.
    /// </summary>
    /// <returns>A sentence and a space, or an empty string.</returns>
    private static string WhyNoUrl(StoreProviders providers, string section, string text)
    {
        var end = text.IndexOf("://", StringComparison.Ordinal);
        if (end > 0 && end <= LongestScheme && text.AsSpan(0, end).ContainsAnyExcept(SchemeCharacters) is false)
        {
            return $"This one starts with '{text[..end]}://'. ";
        }

        // A backend that is reached over a network needs '://': redis:6379 is a host called redis, and a port.
        var scheme = StoreProviders.SchemeOf(text);
        return
            scheme.Length < text.Length
            && providers.UrlPrefixes.Concat(StorePackages.UrlPrefixes).Contains(scheme + "://", StringComparer.OrdinalIgnoreCase)
            ? $"After '{scheme}' it needs '://'; put a connection string in the form of the driver into "
                + $"ConnectionStrings:{section}, and set {section}:Store={scheme}. "
            : "";
    }
}
