using System.Reflection;
using System.Runtime.Loader;

namespace ServerSessions.Conformance.Tool.Loading;

/// <summary>The author's assembly and the harnesses in it.</summary>
internal sealed class HarnessAssembly
{
    private readonly AssemblyLoadContext _context;

    private HarnessAssembly(string path, AssemblyLoadContext context, IReadOnlyList<Type> harnesses)
    {
        Path = path;
        Missing = MissingFiles.Of(System.IO.Path.GetFullPath(path));
        _context = context;
        Harnesses = harnesses;
    }

    /// <summary>The path as the user wrote it.</summary>
    public string Path { get; }

    /// <summary>The names of its dependencies that cannot be loaded.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>The harness classes that can be created, in the order of their names.</summary>
    public IReadOnlyList<Type> Harnesses { get; }

    /// <exception cref="ToolException">The assembly cannot be loaded.</exception>
    public static HarnessAssembly Load(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new ToolException(
                Directory.Exists(full)
                    ? $"{path} is a folder; name the assembly in it, such as "
                        + $"{System.IO.Path.Combine(path, "bin/Release/net10.0/MyStore.Tests.dll")}, built before."
                    : $"There is no file {path}. Build the project first: dotnet build -c Release"
            );
        }

        try
        {
            var context = new StoreLoadContext(full);
            var assembly = context.LoadFromAssemblyPath(full);
            KitVersions.ThrowIfUnfit(assembly.GetName(), assembly.GetReferencedAssemblies());
            return new HarnessAssembly(
                path,
                context,
                [.. TypesOf(assembly).Where(IsHarness).OrderBy(static type => type.FullName, StringComparer.Ordinal)]
            );
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
                ExitCodes.HarnessUnusable,
                error
            );
        }
    }

    /// <summary>Creates the selected harness.</summary>
    /// <param name="name">Its name, with or without the namespace; <see langword="null"/>: there is only one.</param>
    /// <exception cref="ToolException">There is no such harness, there are several, or it cannot be created.</exception>
    public SessionStoreHarness Create(string? name)
    {
        var type = Find(name);
        using (Enter())
        {
            try
            {
                return (SessionStoreHarness)Activator.CreateInstance(type)!;
            }
            catch (TargetInvocationException error)
            {
                var inner = error.InnerException!;
                throw new ToolException(
                    $"The constructor of {type.FullName} threw {inner.GetType().Name}: {inner.Message}",
                    ExitCodes.HarnessUnusable,
                    inner
                );
            }
        }
    }

    /// <summary>Names given to <see cref="Type.GetType(string)"/> while it is held are looked for in the author's assemblies.</summary>
    public AssemblyLoadContext.ContextualReflectionScope Enter() => _context.EnterContextualReflection();

    private Type Find(string? name)
    {
        if (Harnesses.Count == 0)
        {
            throw new ToolException(
                $"There is no harness in {Path}: no class that derives from {typeof(SessionStoreHarness).FullName}, is not abstract, "
                    + $"and has a public constructor without parameters."
            );
        }

        var found = name is null ? Harnesses : [.. Harnesses.Where(type => name == type.FullName || name == type.Name)];
        return found switch
        {
            [var one] => one,
            [] => throw new ToolException(
                $"There is no harness {name} in {Path}. There {(Harnesses.Count == 1 ? "is" : "are")}: {Names(Harnesses)}."
            ),
            _ => throw new ToolException($"There are {found.Count} harnesses in {Path}: {Names(found)}. Name one with --harness."),
        };
    }

    private static string Names(IEnumerable<Type> types) => string.Join(", ", types.Select(static type => type.FullName));

    private static Type[] TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException error)
        {
            // A test project may have types of frameworks that are not installed. The reason is reported only if no harness is found
            // among the types that load.
            Type[] loaded = [.. error.Types.OfType<Type>()];
            return loaded.Any(IsHarness)
                ? loaded
                : throw new ToolException(
                    $"The types of {assembly.GetName().Name} cannot be loaded: {error.LoaderExceptions.FirstOrDefault()?.Message}",
                    ExitCodes.HarnessUnusable,
                    error
                );
        }
    }

    private static bool IsHarness(Type type) =>
        type is { IsAbstract: false, ContainsGenericParameters: false }
        && type.IsAssignableTo(typeof(SessionStoreHarness))
        && type.GetConstructor(Type.EmptyTypes) is not null;
}
