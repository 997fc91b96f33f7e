using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Trust.Host;

/// <summary>
/// Cookies as the npm package cookie-signature makes them, written a second time: what the library does is compared with this.
/// </summary>
public static class SignedCookie
{
    /// <summary>The signature of an id.</summary>
    public static string SignatureOf(string sid, string secret) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(sid))).TrimEnd('=');

    /// <summary>The value before percent-encoding.</summary>
    public static string ValueOf(string sid, string secret = LeakCollector.Secret) => $"s:{sid}.{SignatureOf(sid, secret)}";

    /// <summary>Name and value, as a browser sends them.</summary>
    public static string Of(string sid, string secret = LeakCollector.Secret, string name = SessionCookieOptions.DefaultName) =>
        $"{name}={Uri.EscapeDataString(ValueOf(sid, secret))}";
}
