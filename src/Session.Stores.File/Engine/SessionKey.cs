using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Stores.File.Engine;

/// <summary>A session as files are found by: its id or the name of its file, and what the SHA-256 of its id decides.</summary>
internal readonly struct SessionKey
{
    private SessionKey(string? sid, string? name, ReadOnlySpan<byte> hash)
    {
        Sid = sid;
        Name = name;
        Stripe = hash[0];
        Digest = BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>The id; <see langword="null"/> where only the file's name is known, which is made of a hash.</summary>
    public string? Sid { get; }

    /// <summary>The name of the file; <see langword="null"/> where it follows from the id.</summary>
    public string? Name { get; }

    /// <summary>Which 256th of the sessions it belongs to.</summary>
    public byte Stripe { get; }

    /// <summary>Enough of the hash to recognize a session by.</summary>
    public UInt128 Digest { get; }

    public static SessionKey OfSid(string sid) => OfSid(sid, name: null);

    /// <summary>The session of a file, where the name is one that a session's file can have.</summary>
    public static SessionKey? OfName(string name, bool foldsCase)
    {
        if (!SessionFileName.TryParse(name, foldsCase, out var sid))
        {
            return null;
        }

        return sid is null ? new SessionKey(null, name, SessionFileName.HashIn(name)) : OfSid(sid, name);
    }

    private static SessionKey OfSid(string sid, string? name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(sid), hash);
        return new SessionKey(sid, name, hash);
    }
}
