using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Tool.Copying;

/// <summary>
/// Which sessions a copy has done, so that another run goes on from there, and which it has created. A listing has no order, so a position
/// would not do. Losing the file costs time, never data: copying is idempotent. Thread safe.
/// </summary>
/// <remarks>
/// The file has a header (magic, salt, digest of the two stores) and entries of 16 bytes: a salted digest of the id, whose lowest bit says
/// whether the copy created the session. An entry of zeros ends a pass. No id can be computed from it. Entries are appended after the
/// target has acknowledged them. A last entry that is cut is ignored.
/// </remarks>
internal sealed class Checkpoint : IDisposable
{
    private const int SaltBytes = 16;
    private const int EntryBytes = 16;
    private static readonly byte[] Magic = "SESSCPY1"u8.ToArray();

    private readonly Lock _gate = new();
    private readonly FileStream? _file;
    private readonly byte[] _salt;
    private readonly int _batch;
    private readonly HashSet<UInt128> _done = [];
    private readonly HashSet<UInt128> _created = [];
    private readonly MemoryStream _waiting = new();

    private Checkpoint(FileStream? file, byte[] salt, int batch) => (_file, _salt, _batch) = (file, salt, batch);

    /// <summary>The number of sessions of this pass that earlier runs have done.</summary>
    public int DoneBefore { get; private set; }

    public string? Path => _file?.Name;

    /// <summary>Creates a checkpoint that no file keeps.</summary>
    public static Checkpoint InMemory() => new(null, RandomNumberGenerator.GetBytes(SaltBytes), int.MaxValue);

    /// <summary>Opens a file, or creates it with mode 600.</summary>
    /// <param name="path">The path.</param>
    /// <param name="pair">The two stores and their options, without secrets.</param>
    /// <param name="batch">After how many entries the file is flushed.</param>
    /// <exception cref="ToolException">The file belongs to another copy, is in use, or cannot be opened.</exception>
    public static Checkpoint Open(string path, string pair, int batch)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, OwnFile());
            var checkpoint = new Checkpoint(file, ReadHeader(file, pair) ?? WriteHeader(file, pair), batch);
            checkpoint.Load();
            return checkpoint;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new ToolException(
                $"The checkpoint {path} cannot be used: {error.Message} Name another with --checkpoint FILE, or write --no-checkpoint.",
                innerException: error
            );
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public UInt128 DigestOf(string sid)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_salt, Encoding.UTF8.GetBytes(sid), digest);

        // Never zero, which ends a pass: the second lowest bit is always set.
        return (BinaryPrimitives.ReadUInt128BigEndian(digest) & ~(UInt128)1) | 2;
    }

    /// <summary>Whether a run of this pass has done the session.</summary>
    public bool IsDone(UInt128 digest)
    {
        lock (_gate)
        {
            return _done.Contains(digest);
        }
    }

    /// <summary>Whether a run of this copy has created the session, in this pass or an earlier one.</summary>
    public bool IsCreated(UInt128 digest)
    {
        lock (_gate)
        {
            return _created.Contains(digest);
        }
    }

    /// <summary>The number of sessions that the copy has created and that are not among some others.</summary>
    public int CreatedExcept(IReadOnlySet<UInt128> others)
    {
        lock (_gate)
        {
            return _created.Count(digest => !others.Contains(digest));
        }
    }

    /// <summary>Notes a session that the target has acknowledged.</summary>
    public void Add(UInt128 digest, bool isCreated)
    {
        lock (_gate)
        {
            _done.Add(digest);
            if (isCreated)
            {
                _created.Add(digest);
            }

            Write(digest | (isCreated ? (UInt128)1 : 0));
            if (_waiting.Length >= (long)_batch * EntryBytes)
            {
                Flush();
            }
        }
    }

    /// <summary>Ends the pass: the next run looks at every session again.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            Write(0);
            Flush();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Flush();
            _file?.Dispose();
        }
    }

    private static FileStreamOptions OwnFile()
    {
        // The file cannot be shared by two copies.
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private static byte[]? ReadHeader(FileStream file, string pair)
    {
        if (file.Length == 0)
        {
            return null;
        }

        var header = new byte[Magic.Length + SaltBytes + EntryBytes];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.AsSpan().StartsWith(Magic))
        {
            throw new ToolException($"{file.Name} is no checkpoint of a copy. Name another file with --checkpoint.");
        }

        var salt = header[Magic.Length..(Magic.Length + SaltBytes)];
        return PairDigest(salt, pair).AsSpan().SequenceEqual(header.AsSpan(Magic.Length + SaltBytes))
            ? salt
            : throw new ToolException(
                $"{file.Name} is the checkpoint of a copy between other stores, or with other options. Name another file with --checkpoint."
            );
    }

    private static byte[] WriteHeader(FileStream file, string pair)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        file.Write([.. Magic, .. salt, .. PairDigest(salt, pair)]);
        file.Flush(flushToDisk: true);
        return salt;
    }

    private static byte[] PairDigest(byte[] salt, string pair) => HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(pair))[..EntryBytes];

    private void Load()
    {
        var end = _file!.Position;
        var entry = new byte[EntryBytes];
        while (_file.ReadAtLeast(entry, EntryBytes, throwOnEndOfStream: false) == EntryBytes)
        {
            end = _file.Position;
            var value = BinaryPrimitives.ReadUInt128BigEndian(entry);
            if (value == 0)
            {
                _done.Clear();
                continue;
            }

            var digest = value & ~(UInt128)1;
            _done.Add(digest);
            if (value != digest)
            {
                _created.Add(digest);
            }
        }

        _file.SetLength(end);
        _file.Position = end;
        DoneBefore = _done.Count;
    }

    private void Write(UInt128 entry)
    {
        if (_file is not null)
        {
            Span<byte> bytes = stackalloc byte[EntryBytes];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, entry);
            _waiting.Write(bytes);
        }
    }

    private void Flush()
    {
        if (_waiting.Length > 0)
        {
            _waiting.WriteTo(_file!);
            _file!.Flush(flushToDisk: true);
            _waiting.SetLength(0);
        }
    }
}
