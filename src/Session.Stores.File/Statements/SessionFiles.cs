using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using ServerSessions.Payload;
using ServerSessions.Stores.File.Connection;

namespace ServerSessions.Stores.File.Statements;

/// <summary>
/// The operations on single files, on a worker's thread. Writes run under the lock of the session's stripe. Reads need no lock, because a
/// file is never changed but replaced.
/// </summary>
internal sealed class SessionFiles(FileLocation location, FolderTrust trust, SessionExpiry expiry, bool durable)
{
    /// <summary>The largest file: 64 MiB. A larger one is neither written nor read.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    /// <summary>Reads the session of a file, expired or not; returns <see langword="null"/> if there is no file.</summary>
    /// <exception cref="UnreadableFileException">The file is not a session.</exception>
    /// <exception cref="RefusedEntryException">The file is not trusted.</exception>
    public StoredSession? Read(FileKey key)
    {
        var path = PathOf(key);
        using var file = Open(path);
        if (file is null)
        {
            location.ThrowIfGone();
            return null;
        }

        var bytes = ReadAll(file);
        try
        {
            var name = Path.GetFileName(path.AsSpan());
            var isHashed = SessionFileName.IsHashed(name);
            var (payload, document) = SessionFormat.Read(bytes, isHashed, out var sid, out var lastAccess);
            sid ??= name[..^SessionFileName.Extension.Length].ToString();
            if (isHashed && (!Sid.IsValid(sid) || !name.SequenceEqual(location.NameOf(sid))))
            {
                throw new UnreadableFileException("its name does not match the id that it stores");
            }

            // In Node a file without the member never expires. Here its lifetime starts at the last change.
            lastAccess ??= new DateTimeOffset(System.IO.File.GetLastWriteTimeUtc(file)).ToUnixTimeMilliseconds();
            return new StoredSession(sid, payload, document, expiry.ToExpires(lastAccess.Value, document));
        }
        catch (SessionPayloadException error)
        {
            // Read again, because parsing changes the bytes.
            throw new UnreadableFileException($"{error.Error} at byte {error.BytePosition}", error, IsJson(ReadAll(file)));
        }
    }

    /// <summary>Atomically replaces the file of a session.</summary>
    /// <param name="key">The session.</param>
    /// <param name="payload">The payload, from <see cref="SessionFormat.ForStoring"/>.</param>
    /// <param name="document">The parsed payload.</param>
    /// <param name="expires">The expiry.</param>
    public void Write(FileKey key, ReadOnlySpan<byte> payload, SessionDocument document, DateTimeOffset expires)
    {
        var path = PathOf(key);
        var inside = SessionFileName.IsHashed(Path.GetFileName(path.AsSpan())) ? key.Sid : null;
        var bytes = SessionFormat.Write(payload, inside, expiry.ToLastAccess(expires, document));
        var temporary = location.NewTemporary(key.Stripe);
        try
        {
            using (var file = Create(temporary))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: durable);
            }

            System.IO.File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error)
        {
            TryDelete(temporary);
            if (error is IOException or UnauthorizedAccessException && Directory.Exists(path))
            {
                throw new UnreadableFileException("it is a folder");
            }

            throw;
        }

        FlushFolder(key.Stripe);
    }

    /// <summary>Removes a session. A folder with its name is not a session and stays.</summary>
    public void Delete(FileKey key)
    {
        var path = PathOf(key);
        try
        {
            System.IO.File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            location.ThrowIfGone();
            return;
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            return;
        }

        FlushFolder(key.Stripe);
    }

    /// <summary>Renames the entry with a session's name, so that it is no longer found.</summary>
    /// <returns>The ending of the new name; the beginning is a session id.</returns>
    public string SetAside(FileKey key)
    {
        var path = PathOf(key);
        var ending = ".unreadable-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        if (Directory.Exists(path))
        {
            Directory.Move(path, path + ending);
        }
        else
        {
            System.IO.File.Move(path, path + ending);
        }

        return ending;
    }

    /// <summary>Whether Node's <c>JSON.parse</c> accepts the bytes. Node decodes invalid UTF-8 as U+FFFD.</summary>
    private static bool IsJson(byte[] bytes) => SessionJson.IsValue(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)));

    /// <summary>Returns the path of a session in a checked folder.</summary>
    private string PathOf(FileKey key)
    {
        trust.CheckFanOut(key.Stripe);
        return location.PathOf(key);
    }

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                return Libc.OpenNoFollow(path);
            }

            return System.IO.File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint)
                ? throw new UnreadableFileException("it is a link")
                : System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileFault fault) when (fault.Code is FileFault.NoEntry)
        {
            return null;
        }
        catch (FileFault fault) when (fault.Code == FileFault.TooManyLinks)
        {
            throw new UnreadableFileException("it is a link");
        }
        catch (FileFault fault) when (fault.Code == FileFault.NoDeviceOrAddress)
        {
            throw new UnreadableFileException("it is not a file");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private byte[] ReadAll(SafeFileHandle file)
    {
        var length = LengthOf(file);
        if (length is 0 or > MaxLength)
        {
            throw new UnreadableFileException(length == 0 ? "it is empty" : $"it is larger than {MaxLength} bytes");
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)length);
        var read = 0;
        while (read < bytes.Length)
        {
            int more;
            try
            {
                more = RandomAccess.Read(file, bytes.AsSpan(read), read);
            }
            catch (Exception error) when (FileFault.CodeOf(error) == FileFault.IsADirectory)
            {
                throw new UnreadableFileException("it is a folder");
            }

            if (more == 0)
            {
                throw new UnreadableFileException("it is shorter than its length says");
            }

            read += more;
        }

        return bytes;
    }

    /// <summary>
    /// Checks an open file and returns its length. One system call, as for the length alone.
    /// </summary>
    private long LengthOf(SafeFileHandle file)
    {
        if (!OperatingSystem.IsWindows())
        {
            var entry = UnixEntry.Of(file);
            if (entry.IsFolder)
            {
                throw new UnreadableFileException("it is a folder");
            }

            if (!entry.IsRegular)
            {
                throw new UnreadableFileException("it is not a file");
            }

            trust.CheckSession(entry);
            if (entry.Length is { } known)
            {
                return known;
            }
        }

        try
        {
            return RandomAccess.GetLength(file);
        }
        catch (NotSupportedException)
        {
            // It is a FIFO or a socket.
            throw new UnreadableFileException("it is not a file");
        }
    }

    private FileStream Create(string path)
    {
        try
        {
            return trust.CreateFile(path);
        }
        catch (DirectoryNotFoundException) when (location.IsFannedOut)
        {
            // The folder of the first session does not exist yet.
            trust.CreateFanOutFolder(path);
            return trust.CreateFile(path);
        }
    }

    private void FlushFolder(byte stripe)
    {
        if (durable && !OperatingSystem.IsWindows())
        {
            Libc.FlushFolder(location.FolderOf(stripe));
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            System.IO.File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next prune removes it.
        }
    }
}
