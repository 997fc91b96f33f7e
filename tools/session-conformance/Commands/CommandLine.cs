using System.Buffers;
using System.Globalization;
using ServerSessions.Conformance.Tool.Loading;

namespace ServerSessions.Conformance.Tool.Commands;

/// <summary>Builds the command that runs one case again.</summary>
internal static class CommandLine
{
    private static readonly SearchValues<char> Special = SearchValues.Create(" \t\"'`$&|;<>()*?#!\\");

    public static string Repeat(RunSettings settings, HarnessAssembly assembly, Type harness, ConformanceCase item)
    {
        var line = $"{Program()} run {Quote(settings.Assembly)}";
        if (assembly.Harnesses.Count > 1)
        {
            line += $" --harness {Quote(harness.FullName!)}";
        }

        return line + string.Create(CultureInfo.InvariantCulture, $" --case {item.Id} --seed {settings.Seed}");
    }

    // Installed globally the tool is a program of its name; from a manifest it is run by dotnet, out of the folder of packages.
    private static string Program()
    {
        var file = typeof(CommandLine).Assembly.Location;
        return Path.GetFileNameWithoutExtension(Environment.ProcessPath) == App.Name ? App.Name
            : file.Replace('\\', '/').Contains("/tools/net", StringComparison.Ordinal) ? $"dotnet {App.Name}"
            : $"dotnet {Quote(file)}";
    }

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(Special) < 0 ? text
        : OperatingSystem.IsWindows() ? $"\"{text}\""
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
