namespace ServerSessions.Benchmarks;

/// <summary>The file system that files and databases lie on, in words.</summary>
internal static class Disk
{
    public static string Describe()
    {
        var folder = Path.GetTempPath();
        var drive = DriveInfo
            .GetDrives()
            .Where(drive => folder.StartsWith(drive.Name, StringComparison.Ordinal) && drive.IsReady)
            .MaxBy(static drive => drive.Name.Length);
        return drive is null ? "an unknown file system" : drive.DriveFormat + Journal(drive);
    }

    /// <summary>
    /// Linux: an ext4 without a journal looks through what was deleted lately for each new file, and one with a journal does not.
    /// </summary>
    private static string Journal(DriveInfo drive)
    {
        if (drive.DriveFormat != "ext4" || !File.Exists("/proc/mounts"))
        {
            return "";
        }

        var device = File.ReadLines("/proc/mounts")
            .Select(static line => line.Split(' '))
            .Last(mount => mount[1] == drive.Name.TrimEnd('/') || mount[1] == drive.Name)[0];
        return Directory.Exists($"/proc/fs/jbd2/{Path.GetFileName(device)}-8") ? " with a journal" : " without a journal";
    }
}
