using System.Runtime.InteropServices;

namespace ServerSessions.Stores.File.Connection;

/// <summary>
/// An error of the operating system with only its number: .NET's exceptions contain the path and with it a session id. Leaves this package
/// only as the cause of an exception of <see cref="FileErrors"/>.
/// </summary>
internal sealed class FileFault(int code) : Exception(Marshal.GetPInvokeErrorMessage(code))
{
    // Numbers that Linux, macOS and BSD share.
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoDeviceOrAddress = 6;
    public const int AccessDenied = 13;
    public const int NotADirectory = 20;
    public const int IsADirectory = 21;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;

    // Numbers that differ.
    public static readonly int TooManyLinks = OperatingSystem.IsLinux() ? 40 : 62;
    public static readonly int QuotaExceeded = OperatingSystem.IsLinux() ? 122 : 69;
    public static readonly int WouldBlock =
        OperatingSystem.IsWindows() ? unchecked((int)0x80070020)
        : OperatingSystem.IsLinux() ? 11
        : 35;

    // ENOLCK, ENOSYS and EOPNOTSUPP.
    private static readonly int[] NoLocks = OperatingSystem.IsLinux() ? [37, 38, 95] : [77, 78, 45, 102];

    public int Code { get; } = code;

    /// <summary>Whether the file system has no locks.</summary>
    public bool SaysNoLocks => NoLocks.Contains(Code);

    /// <summary>Whether an exception of .NET reports that another process has the file open exclusively.</summary>
    public static bool IsSharingViolation(IOException error) => error.HResult == WouldBlock;

    /// <summary>Returns the error number of an exception of .NET; 0 if it has none.</summary>
    public static int CodeOf(Exception error) =>
        error switch
        {
            FileFault fault => fault.Code,
            FileNotFoundException or DirectoryNotFoundException => NoEntry,
            UnauthorizedAccessException => error.InnerException is IOException inner ? inner.HResult : AccessDenied,
            IOException => WindowsCode(error.HResult),
            _ => 0,
        };

    // Windows has its own error numbers, in the lower half of an HRESULT.
    private static int WindowsCode(int code) =>
        code switch
        {
            unchecked((int)0x80070070) or unchecked((int)0x80070027) => NoSpace,
            unchecked((int)0x80070013) => ReadOnlyFileSystem,
            unchecked((int)0x80070004) => TooManyFiles,
            _ => code,
        };
}
