using ServerSessions.Stores.File.Connection;
using ServerSessions.Stores.File.Statements;

namespace ServerSessions.Stores.File;

/// <summary>
/// Maps file errors to the exceptions of the store contract. Messages contain no file name, because it is a session id.
/// </summary>
internal sealed class FileErrors(string folder) : DiskErrors(FileSessionStore.BackendName, $"the folder '{folder}'")
{
    // Resolved early: with too many open files the runtime cannot load the assembly that formats error messages.
    private readonly string _tooManyFiles = new FileFault(FileFault.TooManyFiles).Message;

    public SessionStoreException From(Exception error, SessionStoreOperation operation)
    {
        if (error is SessionStoreException known)
        {
            return known;
        }

        if (error is RefusedEntryException)
        {
            return Failed(operation, error.Message);
        }

        // .NET's exceptions contain the path, so only the error number and its text are passed on.
        var code = FileFault.CodeOf(error);
        return Failed(
            operation,
            Describe(code, error),
            isTransient: code is FileFault.TooManyFiles or FileFault.TooManyFilesInSystem || error is OutOfMemoryException,
            error as FileFault ?? (code > 0 ? new FileFault(code) : null)
        );
    }

    public SessionStoreException TooLarge(SessionStoreOperation operation, int most) =>
        Failed(operation, $"the session is larger than {most} bytes. Nothing was written. Store less in it.");

    public SessionStoreException SetAside(SessionStoreOperation operation, UnreadableFileException error, string ending) =>
        Failed(
            operation,
            $"its file is not a session: {error.Message}. The file was set aside; its name now ends in '{ending}', and the session is "
                + $"absent. Check that file and remove it.",
            cause: error.InnerException
        );

    public SessionStoreException NoSession(SessionStoreOperation operation, UnreadableFileException error) =>
        Failed(
            operation,
            $"its file is JSON but not a session: {error.Message}. It was not set aside, because Node reads it. Repair the file or remove "
                + $"it.",
            cause: error.InnerException
        );

    public SessionStoreUnavailableException Locked(SessionStoreOperation operation, TimeSpan waited) =>
        Unavailable(
            operation,
            $"it was locked by another process for {Seconds(waited)} (OperationTimeout). Nothing was written. Find and end the process "
                + "that holds a file in its folder '.locks' (stopped, or in a debugger)."
        );

    private string Describe(int code, Exception error) =>
        code switch
        {
            FileFault.NoEntry => "it does not exist. Create it, or set CreateFolder.",
            FileFault.NotADirectory => "the path, or a part of it, is not a folder. Give another path.",
            FileFault.AccessDenied or FileFault.NotPermitted =>
                "access was denied. Give the process the right to read and write it, and run all processes on it as one user.",
            FileFault.ReadOnlyFileSystem =>
                "its file system is read-only. Nothing was written. Mount it for writing, or give another path.",
            FileFault.NoSpace => "the disk is full. Nothing was written. Free some space.",
            FileFault.TooManyFiles or FileFault.TooManyFilesInSystem =>
                $"too many files are open ({_tooManyFiles}). Nothing was written. Raise the limit (ulimit -n), or find the code "
                    + $"that leaks open files.",
            FileFault.IsADirectory => "a folder has a session's name. Remove it.",
            _ when code == FileFault.QuotaExceeded => "the disk quota is used up. Nothing was written. Free some space.",
            > 0 => $"{new FileFault(code).Message} (error {code}). Check the disk and its folder.",
            _ => $"{error.GetType().Name}. Check the disk and its folder.",
        };
}
