using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Session.Stores.File.Engine;

/// <summary>The system calls that .NET has no method for: opening without following a link or waiting for a FIFO's writer, and flushing a folder.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class Libc
{
    private const int ReadOnly = 0;

    // From the systems' fcntl.h; Linux differs by processor.
    private static readonly int NonBlocking = OperatingSystem.IsLinux() ? 0x800 : 0x4;
    private static readonly int NoFollow = !OperatingSystem.IsLinux() ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le ? 0x8000 : 0x20000;

    private static readonly int CloseOnExec = OperatingSystem.IsLinux() ? 0x80000 : OperatingSystem.IsFreeBSD() ? 0x100000 : 0x1000000;

    /// <summary>Opens what is there for reading, and never waits.</summary>
    /// <exception cref="FileFault">It cannot be opened; a link is ELOOP.</exception>
    public static SafeFileHandle OpenNoFollow(string path)
    {
        var descriptor = Open(path, ReadOnly | NoFollow | NonBlocking | CloseOnExec);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new FileFault(Marshal.GetLastPInvokeError());
    }

    /// <summary>Has the names in a folder written to the disk.</summary>
    public static void FlushFolder(string path)
    {
        using var folder = OpenNoFollow(path);
        if (FSync(folder) != 0)
        {
            throw new FileFault(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle descriptor);
}
