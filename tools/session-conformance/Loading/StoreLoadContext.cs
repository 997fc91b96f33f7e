using System.Reflection;
using System.Runtime.Loader;

namespace ServerSessions.Conformance.Tool.Loading;

/// <summary>
/// Loads the author's assembly with what lies beside it. The kit and the contract are the tool's own, so that both sides mean the same
/// types; so is what these two refer to, as long as the tool's is new enough. Everything else is the author's, in the author's versions.
/// </summary>
internal sealed class StoreLoadContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private static readonly Dictionary<string, Assembly> Shared = KitVersions
        .SharedAssemblies()
        .ToDictionary(static assembly => assembly.GetName().Name!, StringComparer.OrdinalIgnoreCase);

    private readonly AssemblyDependencyResolver _resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (
            assemblyName.Name is { } name
            && Shared.TryGetValue(name, out var shared)
            && (KitVersions.IsOurs(name) || assemblyName.Version <= shared.GetName().Version)
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
