using System.Reflection;
using System.Runtime.Loader;

namespace ServerSessions.Tools;

/// <summary>An assembly of a user of the tool, loaded with the files beside it.</summary>
internal sealed class AuthorAssembly
{
    private readonly AuthorLoadContext _context;

    private AuthorAssembly(string path, AuthorLoadContext context, Assembly assembly)
    {
        Path = path;
        Missing = MissingFiles.Of(System.IO.Path.GetFullPath(path));
        _context = context;
        Assembly = assembly;
    }

    /// <summary>The path as the user wrote it.</summary>
    public string Path { get; }

    public Assembly Assembly { get; }

    /// <summary>The names of its dependencies that cannot be loaded.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>A warning about <see cref="Missing"/>; <see langword="null"/> if nothing is missing.</summary>
    public string? MissingWarning =>
        Missing.Count == 0
            ? null
            : $"warning: {string.Join(", ", Missing)}: needed, and not beside {System.IO.Path.GetFileName(Path)}. A class library has its "
                + "packages there only with <CopyLocalLockFileAssemblies>true</CopyLocalLockFileAssemblies> in its project; a test project "
                + "always has them.";

    /// <param name="path">The path of the built assembly.</param>
    /// <param name="contracts">The assemblies that it shares with the tool.</param>
    /// <param name="example">A path below a folder, for the message about a path that is a folder.</param>
    /// <exception cref="ToolException">The assembly cannot be loaded.</exception>
    public static AuthorAssembly Load(string path, ContractVersions contracts, string example)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new ToolException(
                Directory.Exists(full)
                    ? $"{path} is a folder; name the assembly in it, such as {System.IO.Path.Combine(path, example)}, built before."
                    : $"There is no file {path}. Build the project first, with the configuration of the path: {BuildOf(path)}"
            );
        }

        try
        {
            var context = new AuthorLoadContext(full, contracts);
            var assembly = context.LoadFromAssemblyPath(full);
            contracts.ThrowIfUnfit(assembly);
            return new AuthorAssembly(path, context, assembly);
        }
        catch (BadImageFormatException error)
        {
            throw new ToolException(
                $"{path} is no .NET assembly. Name the .dll that the build has written, not the program beside it, the project or the "
                    + $"solution.",
                innerException: error
            );
        }
        catch (Exception error) when (error is FileLoadException or FileNotFoundException)
        {
            throw new ToolException(
                $"{path} cannot be loaded: {error.Message} Name the file in the folder where the build has put it with all that it "
                    + $"needs (bin/…).",
                ExitCodes.Unusable,
                error
            );
        }
    }

    private static string BuildOf(string path) =>
        path.Replace('\\', '/').Contains("/Release/", StringComparison.OrdinalIgnoreCase) ? "dotnet build -c Release" : "dotnet build";

    /// <summary>Names given to <see cref="Type.GetType(string)"/> while it is held are looked for in the author's assemblies.</summary>
    public AssemblyLoadContext.ContextualReflectionScope Enter() => _context.EnterContextualReflection();

    /// <summary>
    /// Returns the types. A project may have types of frameworks that are not installed; the reason is reported only if none of the types
    /// that load is wanted.
    /// </summary>
    /// <param name="isWanted">What is looked for.</param>
    /// <exception cref="ToolException">Types cannot be loaded, and none of the others is wanted.</exception>
    public Type[] Types(Predicate<Type> isWanted)
    {
        try
        {
            return Array.FindAll(Assembly.GetTypes(), isWanted);
        }
        catch (ReflectionTypeLoadException error)
        {
            Type[] wanted = [.. error.Types.OfType<Type>().Where(type => isWanted(type))];
            return wanted.Length > 0
                ? wanted
                : throw new ToolException(
                    $"The types of {Assembly.GetName().Name} cannot be loaded: {error.LoaderExceptions.FirstOrDefault()?.Message}",
                    ExitCodes.Unusable,
                    error
                );
        }
    }
}
