using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.ObjectPool;

namespace ServerSessions;

/// <summary>
/// Signs session ids as the npm package cookie-signature does: <c>s:</c>, the id, a dot, and the HMAC-SHA256 of the id as standard base64
/// without padding, 43 characters. Signs with the first secret and verifies with all. Safe for concurrent use.
/// </summary>
internal sealed class CookieSigner
{
    private const string Prefix = "s:";
    private const int SignatureLength = 43;

    // 43 characters have two bits more than 32 bytes. The encoding sets these bits to zero.
    private const string LastCharacters = "AEIMQUYcgkosw048";

    // Room for ids of 85 characters, far more than usual. The stack is cleared each time.
    private const int LongestOnStack = 256;

    /// <summary>The most characters that prefix, dot and signature add to the encoded sid.</summary>
    public const int SignatureValueLength = (SignatureLength * 3) + 5;

    /// <summary>The length of the encoded cookie value for the longest ASCII sid, if each character needs an escape.</summary>
    public const int MaxValueLength = (Sid.MaxLength * 3) + SignatureValueLength;

    private readonly Macs[] _keys;

    /// <param name="secrets">At least one; the first signs.</param>
    public CookieSigner(IEnumerable<string> secrets) => _keys = [.. secrets.Select(static text => new Macs(Encoding.UTF8.GetBytes(text)))];

    /// <summary>Returns the cookie value for a sid, before percent-encoding.</summary>
    public string Sign(string sid)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        ComputeMac(_keys[0], sid, mac);
        Span<char> signature = stackalloc char[SignatureLength + 1];
        Convert.TryToBase64Chars(mac, signature, out _);
        return $"{Prefix}{sid}.{signature[..SignatureLength]}";
    }

    /// <summary>
    /// Returns the sid of a signed cookie value, or <see langword="null"/> if the signature is absent or invalid, or if the text cannot be
    /// a sid. The signature follows the last dot, because a sid may contain dots.
    /// </summary>
    /// <param name="value">The value, percent-decoded.</param>
    /// <param name="isCurrent">Whether the first secret signed it, so that <see cref="Sign"/> returns the same value.</param>
    public string? Unsign(ReadOnlySpan<char> value, out bool isCurrent)
    {
        isCurrent = false;
        if (!value.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        value = value[Prefix.Length..];
        var dot = value.LastIndexOf('.');
        if (dot is <= 0 or > Sid.MaxLength || value.Length - dot - 1 != SignatureLength)
        {
            return null;
        }

        // Compares 32 bytes in constant time. Comparing characters takes three times as long.
        Span<byte> claimed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!TryDecode(value[(dot + 1)..], claimed))
        {
            return null;
        }

        var sid = value[..dot];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in _keys)
        {
            ComputeMac(key, sid, mac);
            if (CryptographicOperations.FixedTimeEquals(claimed, mac))
            {
                isCurrent = ReferenceEquals(key, _keys[0]);
                var text = sid.ToString();
                return Sid.IsValid(text) ? text : null;
            }
        }

        return null;
    }

    /// <summary>
    /// Decodes a signature. Returns <see langword="false"/> unless it is the one canonical encoding of a MAC, without white space or extra
    /// bits.
    /// </summary>
    private static bool TryDecode(ReadOnlySpan<char> signature, Span<byte> mac)
    {
        Span<char> padded = stackalloc char[SignatureLength + 1];
        signature.CopyTo(padded);
        padded[SignatureLength] = '=';
        return Convert.TryFromBase64Chars(padded, mac, out var written)
            && written == mac.Length
            && LastCharacters.Contains(signature[^1], StringComparison.Ordinal);
    }

    private static void ComputeMac(Macs macs, ReadOnlySpan<char> sid, Span<byte> mac)
    {
        var most = sid.Length * 3;
        Span<byte> utf8 = most <= LongestOnStack ? stackalloc byte[LongestOnStack] : new byte[most];
        macs.Compute(utf8[..Encoding.UTF8.GetBytes(sid, utf8)], mac);
    }

    /// <summary>
    /// Computes the MAC with one secret. Setting up the key costs more than the MAC of a sid (1.4 against 0.6 microseconds together), so
    /// the objects are pooled: as many as were in use at once, up to twice the number of processors.
    /// </summary>
    private sealed class Macs(byte[] key)
    {
        private readonly ObjectPool<IncrementalHash> _pool = new DefaultObjectPool<IncrementalHash>(new Policy(key));

        public void Compute(ReadOnlySpan<byte> bytes, Span<byte> mac)
        {
            var hash = _pool.Get();
            hash.AppendData(bytes);
            hash.GetHashAndReset(mac);
            _pool.Return(hash);
        }

        private sealed class Policy(byte[] key) : PooledObjectPolicy<IncrementalHash>
        {
            public override IncrementalHash Create() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);

            public override bool Return(IncrementalHash obj) => true;
        }
    }
}
