using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Stores.File.Statements;

/// <summary>The key of a session's file: its id or file name, and values derived from the SHA-256 of the id.</summary>
internal readonly struct FileKey
{
    private FileKey(string? sid, string? name, ReadOnlySpan<byte> hash)
    {
        Sid = sid;
        Name = name;
        Stripe = hash[0];
        Digest = BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>The id; <see langword="null"/> if only the file's hashed name is known.</summary>
    public string? Sid { get; }

    /// <summary>The name of the file; <see langword="null"/> if it is derived from the id.</summary>
    public string? Name { get; }

    /// <summary>The stripe, one of 256.</summary>
    public byte Stripe { get; }

    /// <summary>128 bits of the hash, enough to identify a session.</summary>
    public UInt128 Digest { get; }

    public static FileKey OfSid(string sid) => OfSid(sid, name: null);

    /// <summary>Returns the key of a file; null if its name is not that of a session.</summary>
    public static FileKey? OfName(string name, bool foldsCase)
    {
        if (!SessionFileName.TryParse(name, foldsCase, out var sid))
        {
            return null;
        }

        return sid is null ? new FileKey(null, name, SessionFileName.HashIn(name)) : OfSid(sid, name);
    }

    private static FileKey OfSid(string sid, string? name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(sid), hash);
        return new FileKey(sid, name, hash);
    }
}
