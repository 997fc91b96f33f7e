namespace ServerSessions.Conformance.Tool.Loading;

/// <summary>What to do if an assembly has no harness. Mostly the library with the store was named in place of its tests.</summary>
internal static class NoHarness
{
    private const string Example = "bin/Release/net10.0/MyStore.Tests.dll";

    /// <summary>Whether an assembly cannot be meant, because nothing in it uses the kit.</summary>
    public static bool IsCertainIn(AuthorAssembly assembly) =>
        Array.TrueForAll(
            assembly.Assembly.GetReferencedAssemblies(),
            static reference => reference.Name != typeof(SessionStoreHarness).Assembly.GetName().Name
        );

    public static ToolException In(AuthorAssembly assembly)
    {
        var problem = $"There is no harness in {assembly.Path}: ";
        return new ToolException(
            IsCertainIn(assembly)
                ? $"{problem}it does not use the package Session.Conformance.{Stores(assembly)} Name the assembly of the project that has "
                    + $"the harness, as a rule the tests{Beside(assembly.Path)}. A harness is a class that derives from "
                    + $"{typeof(SessionStoreHarness).FullName}."
                : $"{problem}no class that derives from {typeof(SessionStoreHarness).FullName}, is not abstract, and has a public "
                    + $"constructor without parameters."
        );
    }

    private static string Stores(AuthorAssembly assembly)
    {
        Type[] stores;
        try
        {
            stores = assembly.Types(static type =>
                type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ISessionStore))
            );
        }
        catch (ToolException)
        {
            // Its packages are not beside it; the advice is the same.
            return "";
        }

        return stores.Length == 0 ? "" : $" It is a library with {string.Join(", ", stores.Select(static type => type.FullName))}.";
    }

    // The tests of A/bin/Debug/net10.0/A.dll are often in A.Tests/bin/Debug/net10.0/A.Tests.dll.
    private static string Beside(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var parts = Path.GetFullPath(path).Split(Path.DirectorySeparatorChar)[..^1];
        if (Array.LastIndexOf(parts, name) is >= 0 and var project)
        {
            parts[project] += ".Tests";
        }

        var tests = string.Join(Path.DirectorySeparatorChar, parts.Append($"{name}.Tests.dll"));
        return File.Exists(tests) ? $": {tests}" : $", such as {Example}";
    }
}
