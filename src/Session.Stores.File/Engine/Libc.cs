using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// The system calls that .NET has no method for: opening without following a link or waiting for a FIFO's writer, locking what was opened
/// so, and flushing a folder.
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

    // From the systems' fcntl.h; Linux differs by processor.
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

    /// <summary>Opens what is there for reading, and never waits.</summary>
    /// <exception cref="FileFault">It cannot be opened; a link is ELOOP.</exception>
    public static SafeFileHandle OpenNoFollow(string path) => Open(path, ReadOnly);

    /// <summary>Opens what is there for reading and writing, and never waits.</summary>
    /// <exception cref="FileFault">It cannot be opened; a link is ELOOP.</exception>
    public static SafeFileHandle OpenToWriteNoFollow(string path) => Open(path, ReadWrite);

    /// <summary>Locks an open file to the exclusion of others until it is closed.</summary>
    /// <returns>Whether it could be locked; not if somebody else has it.</returns>
    /// <exception cref="FileFault">It cannot be locked at all.</exception>
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

    /// <summary>Whether the process may make files in a folder; makes none to find out.</summary>
    /// <exception cref="FileFault">It may not, or the file system is read-only.</exception>
    public static void ThrowIfNotWritable(string path)
    {
        if (Access(path, MayWriteAndEnter) != 0)
        {
            throw new FileFault(Marshal.GetLastPInvokeError());
        }
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

    private static SafeFileHandle Open(string path, int access)
    {
        // Without a mode, since nothing is made: open is variadic, and one more argument would be passed otherwise on some processors.
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
