using System.Security.Cryptography;
using System.Text;

namespace ServerSessions;

/// <summary>
/// Computes the key under which a user's list is stored: SHA-256 of a domain tag, the name of the sessions and the subject in UTF-8, as 64
/// lower-case hexadecimal digits. Keyed with HMAC if the options have a key. Case is not folded.
/// </summary>
/// <param name="name">The name under which the sessions are registered.</param>
/// <param name="secret">The key; <see langword="null"/> for none.</param>
internal sealed class UserIndexKeys(string name, string? secret)
{
    private readonly byte[]? _secret = secret is null ? null : Encoding.UTF8.GetBytes(secret);

    private readonly byte[] _tag = [.. "session-user-v1\0"u8, .. Encoding.UTF8.GetBytes(name), 0];

    public string Of(string subject)
    {
        byte[] input = [.. _tag, .. Encoding.UTF8.GetBytes(subject)];
        return Convert.ToHexStringLower(_secret is null ? SHA256.HashData(input) : HMACSHA256.HashData(_secret, input));
    }

    /// <summary>Returns a short hash of the description of a device, with which lists tell devices apart.</summary>
    public string? OfDevice(string? label) =>
        label is null ? null : Convert.ToHexStringLower(SHA256.HashData([.. _tag, 0, .. Encoding.UTF8.GetBytes(label)]).AsSpan(0, 4));
}
