using System.Runtime.CompilerServices;

namespace CustomStore.Tests;

/// <summary>
/// Puts temporary files on a disk of memory, if there is one: <see cref="TableStore"/> waits for the disk at each write, thousands of times
/// in these tests, and no case cuts the power.
/// </summary>
internal static class MemoryDisk
{
    private const string Path = "/dev/shm";

    [ModuleInitializer]
    internal static void Use()
    {
        if (Directory.Exists(Path))
        {
            Environment.SetEnvironmentVariable("TMPDIR", Path);
        }
    }
}
