using System.Reflection;
using Microsoft.AspNetCore.DataProtection;

namespace ServerSessions;

/// <summary>Detects which Data Protection is loaded: that of the shared framework, or that of a package.</summary>
internal static class DataProtectionVersion
{
    private const string AssemblyName = "Microsoft.AspNetCore.DataProtection";

    // CVE-2026-40372: from 10.0.0 up to, not including, 10.0.7.
    private static readonly Version FirstForgeable = new(10, 0, 0);
    private static readonly Version FirstMended = new(10, 0, 7);

    /// <summary>
    /// Returns the version of the provider's assembly, or of the loaded one if the application wraps its provider. The assembly version is
    /// 10.0.0.0 in every release. The informational version is that of the package or the shared framework, with the commit after a plus
    /// sign.
    /// </summary>
    public static string Of(IDataProtectionProvider provider)
    {
        var own = provider.GetType().Assembly;
        var assembly = own.GetName().Name == AssemblyName ? own : typeof(DataProtectionOptions).Assembly;
        return assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
    }

    /// <summary>Whether a version accepts forged payloads. A preview counts as its release.</summary>
    public static bool AcceptsForgeries(string version) =>
        System.Version.TryParse(version.Split('-')[0], out var release) && release >= FirstForgeable && release < FirstMended;
}
