using System.Reflection;

namespace ServerSessions.Tools;

/// <summary>
/// The assemblies that a tool and a loaded assembly share, so that both mean the same types. Checks that an assembly was built against
/// versions that the tool's can replace.
/// </summary>
/// <param name="program">The tool's name, for messages.</param>
/// <param name="package">The tool's package, for messages.</param>
/// <param name="own">The shared assemblies of this project.</param>
internal sealed class ContractVersions(string program, string package, params Assembly[] own)
{
    public bool IsOurs(string name) => own.Any(assembly => assembly.GetName().Name == name);

    /// <summary>The shared assemblies, and those of the platform that they show to others.</summary>
    public IEnumerable<Assembly> SharedAssemblies() =>
        own.Concat(
                own.SelectMany(static assembly => assembly.GetReferencedAssemblies())
                    .Where(static name => name.Name!.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal))
                    .Select(Assembly.Load)
            )
            .Distinct();

    /// <summary>Refuses an assembly that this tool cannot run, and names the version that can.</summary>
    /// <exception cref="ToolException">The tool cannot run the assembly.</exception>
    public void ThrowIfUnfit(Assembly assembly)
    {
        foreach (var reference in assembly.GetReferencedAssemblies().Where(reference => IsOurs(reference.Name!)))
        {
            var ours = own.Single(candidate => candidate.GetName().Name == reference.Name).GetName().Version!;
            var wanted = reference.Version ?? new Version(0, 0);
            if (Fits(wanted, ours))
            {
                continue;
            }

            var advice =
                wanted > ours
                    ? $"Update the tool: dotnet tool update {package} --version {wanted.Major}.{wanted.Minor}.*"
                    : $"Reference {reference.Name} {ours.ToString(3)} there and build again, or install an older tool: dotnet tool "
                        + $"install {package} --version {wanted.Major}.{wanted.Minor}.*";
            throw new ToolException(
                $"{assembly.GetName().Name} was built with {reference.Name} {wanted.ToString(3)}; this is {program} {ours.ToString(3)}, "
                    + $"which does not fit. {advice}",
                ExitCodes.Unusable
            );
        }
    }

    /// <summary>As semantic versions have it: not newer, of the same major version, and before 1.0 of the same minor version.</summary>
    private static bool Fits(Version wanted, Version own) =>
        wanted <= own && wanted.Major == own.Major && (own.Major > 0 || wanted.Minor == own.Minor);
}
