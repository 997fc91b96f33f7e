using System.Reflection;

namespace ServerSessions.Benchmarks;

/// <summary>Where this repository lies, as the build has noted it.</summary>
internal static class Repository
{
    public static string Root { get; } =
        typeof(Repository)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "RepositoryRoot")
            .Value!;

    public static string Docs { get; } = Path.Combine(Root, "docs");
}
