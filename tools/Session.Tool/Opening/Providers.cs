using System.Reflection;
using ServerSessions.Stores;

namespace ServerSessions.Tool.Opening;

/// <summary>The backends of this tool, and those of the assemblies that <c>--provider</c> names.</summary>
internal sealed class Providers : IDisposable
{
    private static readonly ContractVersions Contracts = new(
        App.Name,
        "Session.Tool",
        typeof(ISessionStore).Assembly,
        typeof(SessionStore).Assembly
    );

    private readonly List<SessionStoreProvider> _all;
    private readonly List<IDisposable> _scopes = [];

    private Providers(List<SessionStoreProvider> all) => _all = all;

    /// <param name="assemblies">The paths of <c>--provider</c>.</param>
    /// <param name="warn">Takes a warning about files that are missing beside an assembly.</param>
    /// <exception cref="ToolException">An assembly cannot be loaded, or has no provider.</exception>
    public static Providers Load(IEnumerable<string> assemblies, Action<string> warn)
    {
        // Later ones come first, so that a provider may replace one of this tool.
        var providers = new Providers([
            .. typeof(Providers)
                .Assembly.GetCustomAttributes<SessionStoreProviderAttribute>()
                .Select(static named => named.CreateProvider()),
            new Stores.Memory.MemorySessionStoreProvider(),
        ]);
        foreach (var path in assemblies)
        {
            var assembly = AuthorAssembly.Load(path, Contracts, "bin/Release/net10.0/MyStore.dll");
            if (assembly.MissingWarning is { } warning)
            {
                warn(warning);
            }

            providers._scopes.Add(assembly.Enter());
            providers._all.InsertRange(0, Of(assembly));
        }

        return providers;
    }

    /// <exception cref="ToolException">No provider has the URL.</exception>
    public SessionStoreProvider For(StoreAddress address) =>
        _all.Find(provider => provider.UrlPrefixes.Any(prefix => address.Url.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        ?? throw new ToolException(
            $"No store has the URL {address.Shown}. A URL starts with {string.Join(", ", _all.SelectMany(static one => one.UrlPrefixes))}. "
                + "For a store of another project, name the assembly of its package with --provider FILE."
        );

    public void Dispose() => _scopes.ForEach(static scope => scope.Dispose());

    private static IEnumerable<SessionStoreProvider> Of(AuthorAssembly assembly)
    {
        var types = assembly.Types(static type =>
            type is { IsPublic: true, IsAbstract: false }
            && type.IsAssignableTo(typeof(SessionStoreProvider))
            && type.GetConstructor(Type.EmptyTypes) is not null
        );
        return types.Length > 0
            ? [.. types.Select(static type => (SessionStoreProvider)Activator.CreateInstance(type)!)]
            : throw new ToolException(
                $"There is no provider in {assembly.Path}: no public class that derives from {typeof(SessionStoreProvider).FullName} and "
                    + "has a constructor without parameters."
            );
    }
}
