using System.Diagnostics;

namespace ServerSessions.Testing;

/// <summary>The installed programs that tests run.</summary>
public static class Programs
{
    /// <summary>
    /// The full path of a program in PATH, in Debian's folder for daemons or in one of its folders for PostgreSQL (newest first); null
    /// if it is not installed.
    /// </summary>
    public static string? Find(string name) => Folders().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Why this program cannot be run as a child process here; null if it can.</summary>
    public static string? WhyUnavailable(string name) =>
        !OperatingSystem.IsLinux() ? $"{name} is started as a child process on Linux only."
        : Find(name) is null ? $"{name} is not installed (eng/install-test-servers.sh installs it on Debian and Ubuntu)."
        : null;

    /// <summary>The user that a server which refuses root runs as: null where the tests are not root themselves.</summary>
    internal static string? UnprivilegedUser { get; } =
        !Environment.IsPrivilegedProcess ? null
        : File.ReadLines("/etc/passwd").Any(static line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres"
        : "nobody";

    /// <summary>Runs a program to its end; another exit code than 0 is an error that holds its output.</summary>
    internal static async Task RunAsync(string program, IEnumerable<string> arguments, string? user, CancellationToken cancellationToken)
    {
        string[] command = user is null ? [program] : ["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups", "--", program];
        using var process = Process.Start(
            new ProcessStartInfo(command[0], [.. command[1..], .. arguments])
            {
                WorkingDirectory = Path.GetTempPath(),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.\n{await output}{await errors}");
        }
    }

    /// <summary>
    /// Copies a certificate or its key to where a server reads it: servers take no key that others could read, and none of another user.
    /// </summary>
    internal static async Task CopyOwnedAsync(string from, string to, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(to, await File.ReadAllTextAsync(from, cancellationToken), cancellationToken);
        await RunAsync("chmod", ["600", to], user: null, cancellationToken);
        if (UnprivilegedUser is { } user)
        {
            await RunAsync("chown", [user, to], user: null, cancellationToken);
        }
    }

    private static IEnumerable<string> Folders()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian)
            ? Directory
                .GetDirectories(debian)
                .OrderByDescending(static folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            : Enumerable.Empty<string>();
        return [.. path, "/usr/sbin", .. versions.Select(static folder => Path.Combine(folder, "bin"))];
    }
}
