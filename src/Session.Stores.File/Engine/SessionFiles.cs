using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// The operations on single files, on a worker's thread. Whatever writes is executed under the lock of the session's stripe; reading needs
/// none, since a file never changes: it is replaced by another.
/// </summary>
internal sealed class SessionFiles(FileLocation location, FolderTrust trust, SessionExpiry expiry, bool durable)
{
    /// <summary>The largest file: 64 MiB. A larger one is neither written nor read.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    /// <summary>The session in a file, expired or not; <see langword="null"/> where there is none.</summary>
    /// <exception cref="UnreadableFileException">What is there is no session.</exception>
    /// <exception cref="RefusedEntryException">What is there is not to be trusted.</exception>
    public StoredSession? Read(SessionKey key)
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
                throw new UnreadableFileException("its name is not that of the id which stands inside");
            }

            // Node lets a file without the member live for ever. Here it counts from its last change.
            lastAccess ??= new DateTimeOffset(System.IO.File.GetLastWriteTimeUtc(file)).ToUnixTimeMilliseconds();
            return new StoredSession(sid, payload, document, expiry.ToExpires(lastAccess.Value, document));
        }
        catch (SessionPayloadException error)
        {
            // Read once more, since taking a file apart changes the bytes.
            throw new UnreadableFileException($"{error.Error} at byte {error.BytePosition}", error, IsJson(ReadAll(file)));
        }
    }

    /// <summary>Puts a session in place of whatever lies under the name, in one step.</summary>
    /// <param name="key">The session.</param>
    /// <param name="payload">The payload, from <see cref="SessionFormat.ForStoring"/>.</param>
    /// <param name="document">The same, taken apart.</param>
    /// <param name="expires">When it is to end.</param>
    public void Write(SessionKey key, ReadOnlySpan<byte> payload, SessionDocument document, DateTimeOffset expires)
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

    /// <summary>Removes a session. A folder under its name is no session and stays.</summary>
    public void Delete(SessionKey key)
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

    /// <summary>Gives what lies under the name of a session a name under which nobody looks for one.</summary>
    /// <returns>How the name ends; what stands before that is a session id.</returns>
    public string SetAside(SessionKey key)
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

    /// <summary>Whether Node's <c>JSON.parse</c> reads it, for which bytes that are no UTF-8 are U+FFFD.</summary>
    private static bool IsJson(byte[] bytes) => SessionJson.IsValue(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)));

    /// <summary>Where the session lies, in a folder that was looked at.</summary>
    private string PathOf(SessionKey key)
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
            throw new UnreadableFileException("it is no file");
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
    /// The length of a file, once it is certain that it is one and to be trusted. One system call, as the length alone takes.
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
                throw new UnreadableFileException("it is no file");
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
            // A FIFO or a socket.
            throw new UnreadableFileException("it is no file");
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
            // The first session of its folder.
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
            // The next sweep has it.
        }
    }
}
