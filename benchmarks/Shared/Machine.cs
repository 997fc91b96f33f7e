using System.Runtime;
using System.Runtime.InteropServices;

namespace ServerSessions.Benchmarks;

/// <summary>The machine in words, without names.</summary>
internal static class Machine
{
    /// <summary>Linux's load average of the last minute when the run began.</summary>
    public static string LoadAtStart { get; private set; } = "not known";

    public static void NoteLoad() => LoadAtStart = Load();

    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "not known";

    public static string Describe() =>
        $"{Environment.ProcessorCount} processor cores{Processor()}, {RuntimeInformation.OSDescription.Split(' ')[0]} "
        + $"{RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}, "
        + $"{(GCSettings.IsServerGC ? "server" : "workstation")} garbage collector";

    private static string Processor()
    {
        const string Label = "model name";
        var line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith(Label, StringComparison.Ordinal))
            : null;
        return line is null ? "" : $" ({line[(line.IndexOf(':') + 1)..].Trim()})";
    }
}
