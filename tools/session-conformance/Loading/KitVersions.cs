using System.Reflection;

namespace ServerSessions.Conformance.Tool.Loading;

/// <summary>Checks that an assembly was built against a kit and a contract that this tool can replace.</summary>
internal static class KitVersions
{
    private static readonly Assembly[] Ours = [typeof(ConformanceRunner).Assembly, typeof(ISessionStore).Assembly];

    public static bool IsOurs(string name) => Ours.Any(assembly => assembly.GetName().Name == name);

    /// <summary>The kit, the contract and what the contract shows of others.</summary>
    public static IEnumerable<Assembly> SharedAssemblies() =>
        Ours.Concat(
                Ours.SelectMany(static assembly => assembly.GetReferencedAssemblies())
                    .Where(static name => name.Name!.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal))
                    .Select(Assembly.Load)
            )
            .Distinct();

    /// <summary>Refuses an assembly that this tool cannot run, and names the version that can.</summary>
    /// <exception cref="ToolException">The tool cannot run the assembly.</exception>
    public static void ThrowIfUnfit(AssemblyName assembly, IEnumerable<AssemblyName> references)
    {
        foreach (var reference in references.Where(static reference => IsOurs(reference.Name!)))
        {
            var own = Ours.Single(ours => ours.GetName().Name == reference.Name).GetName().Version!;
            var wanted = reference.Version ?? new Version(0, 0);
            if (Fits(wanted, own))
            {
                continue;
            }

            var advice =
                wanted > own
                    ? $"Update the tool: dotnet tool update Session.Conformance.Tool --version {wanted.Major}.{wanted.Minor}.*"
                    : $"Reference {reference.Name} {own.ToString(3)} there and build again, or install an older tool: dotnet tool "
                        + $"install Session.Conformance.Tool --version {wanted.Major}.{wanted.Minor}.*";
            throw new ToolException(
                $"{assembly.Name} was built with {reference.Name} {wanted.ToString(3)}; this is {App.Name} {own.ToString(3)}, which "
                    + $"does not fit. {advice}",
                ExitCodes.HarnessUnusable
            );
        }
    }

    /// <summary>As semantic versions have it: not newer, of the same major version, and before 1.0 of the same minor version.</summary>
    public static bool Fits(Version wanted, Version own) =>
        wanted <= own && wanted.Major == own.Major && (own.Major > 0 || wanted.Minor == own.Minor);
}
