using System.Reflection;
using Microsoft.AspNetCore.DataProtection;

namespace ServerSessions;

/// <summary>Which Data Protection is loaded: that of the shared framework, or a package's in its place.</summary>
internal static class DataProtectionVersion
{
    private const string AssemblyName = "Microsoft.AspNetCore.DataProtection";

    // CVE-2026-40372: from 10.0.0 up to, not including, 10.0.7.
    private static readonly Version FirstForgeable = new(10, 0, 0);
    private static readonly Version FirstMended = new(10, 0, 7);

    /// <summary>
    /// Of the assembly that the provider comes from, or of the one that is loaded if the application wraps its provider. The assembly's own
    /// version is 10.0.0.0 in every release; the informational one is that of the package or of the shared framework, with the commit after
    /// a plus sign.
    /// </summary>
    public static string Of(IDataProtectionProvider provider)
    {
        var own = provider.GetType().Assembly;
        var assembly = own.GetName().Name == AssemblyName ? own : typeof(DataProtectionOptions).Assembly;
        return assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
    }

    /// <summary>A preview counts as its release.</summary>
    public static bool AcceptsForgeries(string version) =>
        System.Version.TryParse(version.Split('-')[0], out var release) && release >= FirstForgeable && release < FirstMended;
}
