using System.Diagnostics;
using System.Globalization;

namespace ServerSessions.Testing;

/// <summary>
/// Data folders of servers. Each lies in a folder that carries the id of the test process, is removed with its server, and, where
/// everything was killed at once, by a later test process.
/// </summary>
internal static class TempFolder
{
    private const string Prefix = "session-test-";

    // The folder of a process that runs in another container with the same temp folder must not be taken for a dead one's.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromHours(2);
    private static readonly Lazy<bool> Swept = new(Sweep);

    /// <summary>A new, empty folder for this user alone, or for the one named.</summary>
    public static string Create(string? user)
    {
        _ = Swept.Value;
        var folder = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName;
        if (user is not null)
        {
            using var chown = Process.Start("chown", [user, folder]);
            chown.WaitForExit();
        }

        return folder;
    }

    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already, which is what was wanted.
        }
    }

    private static bool Sweep()
    {
        foreach (var folder in new DirectoryInfo(Path.GetTempPath()).EnumerateDirectories(Prefix + "*"))
        {
            var owner = folder.Name[Prefix.Length..].Split('-')[0];
            if (
                int.TryParse(owner, CultureInfo.InvariantCulture, out var id)
                && !Path.Exists($"/proc/{id}")
                && TimeProvider.System.GetUtcNow() - folder.LastWriteTimeUtc > StaleAfter
            )
            {
                try
                {
                    Remove(folder.FullName);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // Another user's, or removed by another process's clean-up.
                }
            }
        }

        return true;
    }
}
