using System.Reflection;
using System.Runtime.Loader;

namespace ServerSessions.Conformance.Tool.Loading;

/// <summary>The author's assembly and the harnesses in it.</summary>
internal sealed class HarnessAssembly
{
    private static readonly ContractVersions Contracts = new(
        App.Name,
        "Session.Conformance.Tool",
        typeof(ConformanceRunner).Assembly,
        typeof(ISessionStore).Assembly
    );

    private readonly AuthorAssembly _assembly;

    private HarnessAssembly(AuthorAssembly assembly)
    {
        _assembly = assembly;
        try
        {
            Harnesses = [.. assembly.Types(IsHarness).OrderBy(static type => type.FullName, StringComparer.Ordinal)];
        }
        catch (ToolException) when (NoHarness.IsCertainIn(assembly))
        {
            Harnesses = [];
        }

        // Before the warning about missing packages, which a library need not have beside it.
        if (Harnesses.Count == 0 && NoHarness.IsCertainIn(assembly))
        {
            throw NoHarness.In(assembly);
        }
    }

    /// <summary>A warning about dependencies that cannot be loaded; <see langword="null"/> if all can.</summary>
    public string? MissingWarning => _assembly.MissingWarning;

    /// <summary>The harness classes that can be created, in the order of their names.</summary>
    public IReadOnlyList<Type> Harnesses { get; }

    /// <exception cref="ToolException">The assembly cannot be loaded, or nothing in it uses the kit.</exception>
    public static HarnessAssembly Load(string path) => new(AuthorAssembly.Load(path, Contracts, "bin/Release/net10.0/MyStore.Tests.dll"));

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
                    ExitCodes.Unusable,
                    inner
                );
            }
        }
    }

    /// <inheritdoc cref="AuthorAssembly.Enter"/>
    public AssemblyLoadContext.ContextualReflectionScope Enter() => _assembly.Enter();

    private Type Find(string? name)
    {
        if (Harnesses.Count == 0)
        {
            throw NoHarness.In(_assembly);
        }

        var found = name is null ? Harnesses : [.. Harnesses.Where(type => name == type.FullName || name == type.Name)];
        return found switch
        {
            [var one] => one,
            [] => throw new ToolException(
                $"There is no harness {name} in {_assembly.Path}. There {(Harnesses.Count == 1 ? "is" : "are")}: {Names(Harnesses)}."
            ),
            _ => throw new ToolException(
                $"There are {found.Count} harnesses in {_assembly.Path}: {Names(found)}. Name one with --harness."
            ),
        };
    }

    private static string Names(IEnumerable<Type> types) => string.Join(", ", types.Select(static type => type.FullName));

    private static bool IsHarness(Type type) =>
        type is { IsAbstract: false, ContainsGenericParameters: false }
        && type.IsAssignableTo(typeof(SessionStoreHarness))
        && type.GetConstructor(Type.EmptyTypes) is not null;
}
