using System.Diagnostics;

namespace ServerSessions.Testing;

/// <summary>
/// A small disk in memory at a path, for as long as a test takes. Rights do not bind a test that runs as root; a full or read-only disk
/// does.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    /// <summary>Mounts it; ends the asking test as skipped where that cannot be done.</summary>
    /// <param name="path">Where; the folder is made.</param>
    /// <param name="megabytes">Its size.</param>
    /// <param name="owner">The user whose it is; null: the test's own.</param>
    public SmallDisk(string path, int megabytes = 1, string? owner = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounting a small disk takes root on Linux.");
        _path = path;
        Directory.CreateDirectory(path);
        Assert.SkipUnless(
            TryRun("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=700", "tmpfs", path),
            "tmpfs cannot be mounted here."
        );
        if (owner is not null)
        {
            Run("chown", owner, path);
        }
    }

    public void Remount(string mode) => Run("mount", "-o", $"remount,{mode}", _path);

    // Lazily: the stores on it are disposed after this.
    public void Dispose() => Run("umount", "--lazy", _path);

    private static void Run(string program, params string[] arguments) => Assert.True(TryRun(program, arguments), $"{program} failed.");

    private static bool TryRun(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
