using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerSessions.Stores.Memory;

namespace ServerSessions;

/// <summary>
/// The backends that can be chosen by a text: the memory store, and the providers that a <see cref="SessionStoreProviderAttribute"/> names
/// in the program, the hosted application or a loaded assembly.
/// </summary>
internal sealed class StoreProviders
{
    private readonly List<SessionStoreProvider> _all = [new MemorySessionStoreProvider()];
    private readonly List<Exception> _failures = [];

    private StoreProviders(IEnumerable<Assembly> assemblies)
    {
        foreach (var assembly in assemblies)
        {
            Add(assembly);
        }

        // Messages list the backends in the same order on every machine.
        _all.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
    }

    public IReadOnlyList<string> UrlPrefixes => [.. _all.SelectMany(static provider => provider.UrlPrefixes)];

    public IReadOnlyList<string> Names => [.. _all.Select(static provider => provider.Name)];

    /// <summary>The error of a provider that could not be created; <see langword="null"/> if all could.</summary>
    public Exception? Failure => _failures.Count > 1 ? new AggregateException(_failures) : _failures.FirstOrDefault();

    /// <summary>Finds the providers in the assemblies that are loaded now. Assemblies that are loaded later are not considered.</summary>
    public static StoreProviders Of(IServiceCollection services)
    {
        // In a test of an application, the program is the test's.
        Assembly?[] own = [Assembly.GetEntryAssembly(), ApplicationOf(services)];
        return new StoreProviders(own.OfType<Assembly>().Concat(AppDomain.CurrentDomain.GetAssemblies()).Distinct());
    }

    /// <summary>Returns the part before the first colon, or the whole text if there is none.</summary>
    public static string SchemeOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? text : text[..colon];
    }

    public static bool Takes(SessionStoreProvider provider, string url) =>
        provider.UrlPrefixes.Any(prefix => url.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns the provider of a URL; <see langword="null"/> if there is none.</summary>
    /// <exception cref="InvalidOperationException">Two providers have the URL.</exception>
    public SessionStoreProvider? OfUrl(string text) => Only(_all.FindAll(provider => Takes(provider, text)), SchemeOf(text) + ":");

    /// <summary>Returns the provider of a name or a scheme; <see langword="null"/> if there is none.</summary>
    /// <exception cref="InvalidOperationException">Two providers have the name.</exception>
    public SessionStoreProvider? Named(string name) =>
        Only(
            _all.FindAll(provider =>
                name.Equals(provider.Name, StringComparison.OrdinalIgnoreCase)
                || provider.UrlPrefixes.Any(prefix => name.Equals(SchemeOf(prefix), StringComparison.OrdinalIgnoreCase))
            ),
            name
        );

    /// <summary>Returns the names of the backends to whose driver a connection string may belong.</summary>
    public IReadOnlyList<string> NamesFor(string connectionString) =>
        [.. _all.Where(provider => provider.RecognizesConnectionString(connectionString)).Select(static provider => provider.Name)];

    private static SessionStoreProvider? Only(List<SessionStoreProvider> providers, string text) =>
        providers.Count < 2
            ? providers.FirstOrDefault()
            : throw new InvalidOperationException(
                $"'{text}' is the name of more than one session store: "
                    + $"{string.Join(", ", providers.Select(static provider => provider.GetType().AssemblyQualifiedName))}. "
                    + "Remove the packages that you do not use, or register the store by its own method in place of a URL or name."
            );

    private static Assembly? ApplicationOf(IServiceCollection services)
    {
        var environment = services
            .LastOrDefault(static service => service.ServiceType == typeof(IHostEnvironment) && !service.IsKeyedService)
            ?.ImplementationInstance;
        if (environment is not IHostEnvironment { ApplicationName: { Length: > 0 } name })
        {
            return null;
        }

        try
        {
            return Assembly.Load(name);
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException or ArgumentException)
        {
            // The application's name need not be an assembly.
            return null;
        }
    }

    private void Add(Assembly assembly)
    {
        IReadOnlyList<SessionStoreProviderAttribute> attributes;
        try
        {
            attributes = [.. assembly.GetCustomAttributes<SessionStoreProviderAttribute>()];
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException or TypeLoadException)
        {
            // One attribute whose assembly is missing hides the other attributes of its assembly.
            _failures.Add(failure);
            return;
        }

        foreach (var attribute in attributes)
        {
            try
            {
                Add(attribute.CreateProvider());
            }
            catch (InvalidOperationException failure)
            {
                _failures.Add(failure);
            }
        }
    }

    private void Add(SessionStoreProvider provider)
    {
        // A library and the application that uses it both name the packages that they share.
        if (_all.Exists(known => known.GetType() == provider.GetType()))
        {
            return;
        }

        var (name, prefixes) = Read(provider);
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new InvalidOperationException(
                $"The session store provider '{provider.GetType().AssemblyQualifiedName}' has no name. Its property Name returns the "
                    + $"backend's name."
            );
        }

        foreach (var prefix in prefixes)
        {
            if (prefix is null || SchemeOf(prefix) is not { Length: > 0 } scheme || prefix[scheme.Length..] is not (":" or "://"))
            {
                throw new InvalidOperationException(
                    $"The session store provider '{provider.GetType().AssemblyQualifiedName}' has the URL prefix '{prefix}'. A prefix must "
                        + $"be a scheme followed by ':' or '://'."
                );
            }
        }

        _all.Add(provider);
    }

    /// <summary>A provider that is broken keeps no other from being chosen.</summary>
    private static (string? Name, string?[] UrlPrefixes) Read(SessionStoreProvider provider)
    {
        try
        {
            return (provider.Name, [.. provider.UrlPrefixes]);
        }
        catch (Exception cause)
        {
            throw new InvalidOperationException(
                $"The session store provider '{provider.GetType().AssemblyQualifiedName}' has no name or no URL prefixes. Its properties "
                    + $"Name and UrlPrefixes return them.",
                cause
            );
        }
    }
}
