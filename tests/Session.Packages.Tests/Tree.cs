using System.Reflection;

namespace ServerSessions.Packages.Tests;

/// <summary>The repository that the packages are made from.</summary>
internal static class Tree
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>Debug or Release: what this test was built as, and so what is there to pack.</summary>
    public static string Configuration { get; } = Metadata("Configuration");

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string Metadata(string key) =>
        typeof(Tree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
