using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Interop.Driver;

/// <summary>
/// A signed cookie value, by the rules of cookie-signature; written here once more so that the middleware's own code is not its judge.
/// </summary>
internal static class SignedValue
{
    public const string Prefix = "s:";

    /// <summary>The value before percent-encoding.</summary>
    public static string Sign(string sid, string secret) => $"{Prefix}{sid}.{Signature(sid, secret)}";

    /// <summary>The id of a value, right or wrong in its signature; nothing if it does not have the form.</summary>
    public static string? Sid(string value)
    {
        var dot = value.LastIndexOf('.');
        return value.StartsWith(Prefix, StringComparison.Ordinal) && dot > Prefix.Length ? value[Prefix.Length..dot] : null;
    }

    private static string Signature(string sid, string secret) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(sid))).TrimEnd('=');
}
