using System.Collections.Concurrent;

namespace ServerSessions.Packages.Tests;

/// <summary>
/// What trimming and native compilation need beside the SDK: packages of the runtime, which may be out of reach, and a linker.
/// </summary>
internal static class NativeToolchain
{
    private static readonly ConcurrentDictionary<string, Task<string?>> WhyNot = new(StringComparer.Ordinal);

    /// <summary>
    /// Skips the test with the reason if a publication with these settings cannot be made here. What is fetched is kept where the machine
    /// keeps its packages.
    /// </summary>
    public static async Task RequireAsync(string property)
    {
        var why = await WhyNot.GetOrAdd(property, WhyNotAsync);
        Assert.SkipUnless(why is null, $"{property}: the packages of the runtime cannot be had. {why}");
    }

    private static async Task<string?> WhyNotAsync(string property)
    {
        var folder = Directory.CreateTempSubdirectory("session-toolchain-").FullName;
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder, "Toolchain.csproj"),
                $"""
                <Project Sdk="Microsoft.NET.Sdk.Web">
                  <PropertyGroup>
                    <TargetFramework>net10.0</TargetFramework>
                    <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
                    <SelfContained>true</SelfContained>
                    <{property}>true</{property}>
                  </PropertyGroup>
                </Project>
                """
            );
            var (code, output) = await Shell.TryRunAsync(folder, "dotnet", ["restore"]);
            return code == 0 ? null : output.Trim();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Skips the test with the reason if there is no linker. Windows and macOS have theirs outside of the path.</summary>
    public static void RequireLinker()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(
            !OperatingSystem.IsLinux()
                || path.Any(static folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc"))),
            "PublishAot: neither clang nor gcc is on the path."
        );
    }
}
