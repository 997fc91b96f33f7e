using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ServerSessions.Stores;

/// <summary>
/// The type, mode, owner and number of names of a file or folder. One system call on Linux (<c>statx</c>, whose layout is the same on all
/// processors). On other Unix systems .NET returns only type and mode: the owner is unknown and the number of names is 1.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal readonly partial struct UnixEntry
{
    // From fcntl.h and stat.h of Linux; the same on all processors.
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7ff;
    private const int TypeMask = 0xf000;
    private const int Folder = 0x4000;
    private const int Regular = 0x8000;
    private const int Link = 0xa000;
    private const int NoEntry = 2;
    private const int NotAFolder = 20;

    private readonly int _type;

    private UnixEntry(int type, UnixFileMode mode)
    {
        _type = type;
        Mode = mode;
        Links = 1;
    }

    private UnixEntry(in StatX status)
        : this(status.Mode & TypeMask, (UnixFileMode)(status.Mode & ~TypeMask))
    {
        Owner = status.Owner;
        Group = status.Group;
        Links = status.Links;
        Length = (long)status.Size;
        Number = (status.DeviceMajor, status.DeviceMinor, status.Inode);
    }

    public bool IsRegular => _type == Regular;

    public bool IsFolder => _type == Folder;

    public bool IsLink => _type == Link;

    public UnixFileMode Mode { get; private init; }

    /// <summary>The owner's user id; <see langword="null"/> if unknown.</summary>
    public uint? Owner { get; }

    /// <summary>The group id; <see langword="null"/> if unknown.</summary>
    public uint? Group { get; }

    /// <summary>The number of names (hard links).</summary>
    public uint Links { get; }

    /// <summary>The size in bytes; <see langword="null"/> if unknown.</summary>
    public long? Length { get; }

    /// <summary>The device and inode, unique at one time; <see langword="null"/> if unknown.</summary>
    public (uint Major, uint Minor, ulong Inode)? Number { get; }

    /// <summary>The effective user id of the process.</summary>
    public static uint ProcessUser { get; } = GetEffectiveUser();

    /// <summary>The effective group id of the process.</summary>
    public static uint ProcessGroup { get; } = GetEffectiveGroup();

    /// <summary>Returns the entry of a name without following a link; <see langword="null"/> if there is none.</summary>
    /// <exception cref="IOException">The system call failed. The message contains no path.</exception>
    public static UnixEntry? Find(string path) => Find(path, NoFollow);

    /// <summary>Returns the entry of a name, following links; <see langword="null"/> if there is none.</summary>
    /// <exception cref="IOException">The system call failed. The message contains no path.</exception>
    public static UnixEntry? FindTarget(string path) => Find(path, 0);

    /// <summary>Returns the entry of an open file.</summary>
    /// <exception cref="IOException">The system call failed.</exception>
    public static UnixEntry Of(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new UnixEntry(Regular, System.IO.File.GetUnixFileMode(file));
        }

        return GetStatus(file, "", EmptyPath, BasicStatus, out var status) == 0 ? new UnixEntry(status) : throw Error();
    }

    /// <summary>Returns a copy whose mode has only the owner's rights.</summary>
    public UnixEntry WithOwnersRights() =>
        this with
        {
            Mode = Mode & (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute),
        };

    private static UnixEntry? Find(string path, int flags)
    {
        if (!OperatingSystem.IsLinux())
        {
            return FindByNet(path, flags);
        }

        if (GetStatus(CurrentFolder, path, flags, BasicStatus, out var status) == 0)
        {
            return new UnixEntry(status);
        }

        return Marshal.GetLastPInvokeError() is NoEntry or NotAFolder ? null : throw Error();
    }

    private static UnixEntry? FindByNet(string path, int flags)
    {
        var info = new FileInfo(path);
        if (flags == NoFollow && info.LinkTarget is not null)
        {
            return new UnixEntry(Link, default);
        }

        if (Directory.Exists(path))
        {
            return new UnixEntry(Folder, System.IO.File.GetUnixFileMode(path));
        }

        return info.Exists ? new UnixEntry(Regular, System.IO.File.GetUnixFileMode(path)) : null;
    }

    private static IOException Error()
    {
        var code = Marshal.GetLastPInvokeError();
        return new IOException(Marshal.GetPInvokeErrorMessage(code), code);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint mask, out StatX status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(SafeFileHandle file, string path, int flags, uint mask, out StatX status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint GetEffectiveGroup();

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct StatX
    {
        [FieldOffset(16)]
        public readonly uint Links;

        [FieldOffset(20)]
        public readonly uint Owner;

        [FieldOffset(24)]
        public readonly uint Group;

        [FieldOffset(28)]
        public readonly ushort Mode;

        [FieldOffset(32)]
        public readonly ulong Inode;

        [FieldOffset(40)]
        public readonly ulong Size;

        [FieldOffset(136)]
        public readonly uint DeviceMajor;

        [FieldOffset(140)]
        public readonly uint DeviceMinor;
    }
}
