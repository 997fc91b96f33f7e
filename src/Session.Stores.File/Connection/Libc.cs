using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ServerSessions.Stores.File.Connection;

/// <summary>
/// System calls without a .NET method: opening without following a link or waiting for the writer of a FIFO, locking such a file, and
/// flushing a folder.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static partial class Libc
{
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int Exclusive = 2;
    private const int AtOnce = 4;
    private const int Interrupted = 4;
    private const int MayWriteAndEnter = 2 | 1;

    // From fcntl.h of each system; on Linux the values depend on the processor.
    private static readonly int NonBlocking = OperatingSystem.IsLinux() ? 0x800 : 0x4;
    private static readonly int NoFollow =
        !OperatingSystem.IsLinux() ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le
            ? 0x8000
        : 0x20000;

    private static readonly int CloseOnExec =
        OperatingSystem.IsLinux() ? 0x80000
        : OperatingSystem.IsFreeBSD() ? 0x100000
        : 0x1000000;

    /// <summary>Opens an existing file for reading without waiting.</summary>
    /// <exception cref="FileFault">The file cannot be opened; a link is ELOOP.</exception>
    public static SafeFileHandle OpenNoFollow(string path) => Open(path, ReadOnly);

    /// <summary>Opens an existing file for reading and writing without waiting.</summary>
    /// <exception cref="FileFault">The file cannot be opened; a link is ELOOP.</exception>
    public static SafeFileHandle OpenToWriteNoFollow(string path) => Open(path, ReadWrite);

    /// <summary>Locks an open file exclusively until it is closed.</summary>
    /// <returns>Whether the lock was taken; false if another process has it.</returns>
    /// <exception cref="FileFault">The file cannot be locked at all.</exception>
    public static bool TryLock(SafeFileHandle file)
    {
        while (FLock(file, Exclusive | AtOnce) != 0)
        {
            var code = Marshal.GetLastPInvokeError();
            if (code != Interrupted)
            {
                return code == FileFault.WouldBlock ? false : throw new FileFault(code);
            }
        }

        return true;
    }

    /// <summary>Throws if the process cannot create files in a folder. Creates none to check it.</summary>
    /// <exception cref="FileFault">The process has no right, or the file system is read-only.</exception>
    public static void ThrowIfNotWritable(string path)
    {
        if (Access(path, MayWriteAndEnter) != 0)
        {
            throw new FileFault(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Flushes the names in a folder to the disk.</summary>
    public static void FlushFolder(string path)
    {
        using var folder = OpenNoFollow(path);
        if (FSync(folder) != 0)
        {
            throw new FileFault(Marshal.GetLastPInvokeError());
        }
    }

    private static SafeFileHandle Open(string path, int access)
    {
        // No mode argument, because nothing is created: open is variadic, and some processors pass variadic arguments differently.
        var descriptor = OpenFile(path, access | NoFollow | NonBlocking | CloseOnExec);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new FileFault(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle descriptor);
}
