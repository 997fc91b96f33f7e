using System.Reflection;
using System.Runtime.Loader;

namespace ServerSessions.Tools;

/// <summary>
/// Loads an author's assembly with what lies beside it. The contracts are the tool's own, so that both sides mean the same types; so is
/// what these refer to, as long as the tool's is new enough. Everything else is the author's, in the author's versions.
/// </summary>
internal sealed class AuthorLoadContext(string path, ContractVersions contracts)
    : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private readonly Dictionary<string, Assembly> _shared = contracts
        .SharedAssemblies()
        .ToDictionary(static assembly => assembly.GetName().Name!, StringComparer.OrdinalIgnoreCase);

    private readonly AssemblyDependencyResolver _resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (
            assemblyName.Name is { } name
            && _shared.TryGetValue(name, out var shared)
            && (contracts.IsOurs(name) || assemblyName.Version <= shared.GetName().Version)
        )
        {
            return shared;
        }

        // What no file beside the assembly provides is the runtime's.
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
}
