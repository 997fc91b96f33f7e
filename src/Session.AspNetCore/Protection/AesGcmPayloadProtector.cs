using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions;

/// <summary>
/// Encrypts with AES-256-GCM and a ring of keys: the first encrypts, all decrypt. The format is <c>v1.&lt;key id&gt;.&lt;base64url of
/// nonce, ciphertext, tag&gt;</c>. The key id is 8 hexadecimal digits of the key's hash.
/// </summary>
/// <remarks>
/// Each session has a key, derived from the ring's key by HMAC-SHA256 over the session's store key. So the 2^32 random nonces that are safe
/// for one key (NIST SP 800-38D, section 8.3) limit the writes to one session, not to all.
/// </remarks>
internal sealed class AesGcmPayloadProtector : IPayloadProtector
{
    /// <summary>The length of a key in bytes.</summary>
    public const int KeySize = 32;

    private const string Version = "v1.";
    private const int KeyIdLength = 8;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly (uint Id, byte[] Key)[] _ring;

    /// <summary>Initializes a new instance of the <see cref="AesGcmPayloadProtector"/> class.</summary>
    /// <param name="keys">The keys, 32 bytes each, at least one. The first encrypts.</param>
    public AesGcmPayloadProtector(IEnumerable<byte[]> keys) => _ring = [.. keys.Select(static key => (IdOf(key), key))];

    private static ReadOnlySpan<byte> KeyTag => "session-payload-key-v1\0"u8;

    private static ReadOnlySpan<byte> KeyIdTag => "session-payload-kid-v1\0"u8;

    /// <summary>Whether a text begins like one that this has sealed, with any key.</summary>
    public static bool HasForm(string text) => TryReadKeyId(text, out _);

    public string Seal(string key, ReadOnlySpan<byte> payload)
    {
        var (id, master) = _ring[0];
        var box = new byte[NonceSize + payload.Length + TagSize];
        var nonce = box.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using (var aes = Derive(master, key))
        {
            aes.Encrypt(nonce, payload, box.AsSpan(NonceSize, payload.Length), box.AsSpan(NonceSize + payload.Length), KeyTag);
        }

        return $"{Version}{id.ToString("x8", CultureInfo.InvariantCulture)}.{Base64Url.EncodeToString(box)}";
    }

    public byte[]? Open(string key, string text)
    {
        if (!TryReadKeyId(text, out var id))
        {
            return null;
        }

        var start = Version.Length + KeyIdLength;
        var box = new byte[Base64Url.GetMaxDecodedLength(text.Length - start - 1)];
        if (!Base64Url.TryDecodeFromChars(text.AsSpan(start + 1), box, out var length) || length < NonceSize + TagSize)
        {
            return null;
        }

        foreach (var (known, master) in _ring)
        {
            if (known == id && TryOpen(master, key, box.AsSpan(0, length)) is { } payload)
            {
                return payload;
            }
        }

        return null;
    }

    private static bool TryReadKeyId(string text, out uint id)
    {
        id = 0;
        var start = Version.Length + KeyIdLength;
        return text.Length > start
            && text.StartsWith(Version, StringComparison.Ordinal)
            && text[start] == '.'
            && uint.TryParse(
                text.AsSpan(Version.Length, KeyIdLength),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out id
            );
    }

    private static byte[]? TryOpen(byte[] master, string key, ReadOnlySpan<byte> box)
    {
        var payload = new byte[box.Length - NonceSize - TagSize];
        using var aes = Derive(master, key);
        try
        {
            aes.Decrypt(box[..NonceSize], box[NonceSize..^TagSize], box[^TagSize..], payload, KeyTag);
            return payload;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static AesGcm Derive(byte[] master, string key)
    {
        Span<byte> input = stackalloc byte[KeyTag.Length + (Sid.MaxLength * 3)];
        KeyTag.CopyTo(input);
        var length = KeyTag.Length + Encoding.UTF8.GetBytes(key, input[KeyTag.Length..]);
        Span<byte> derived = stackalloc byte[KeySize];
        HMACSHA256.HashData(master, input[..length], derived);
        var aes = new AesGcm(derived, TagSize);
        CryptographicOperations.ZeroMemory(derived);
        return aes;
    }

    private static uint IdOf(byte[] key) => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. KeyIdTag, .. key]));
}
