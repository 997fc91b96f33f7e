using System.Security.Cryptography;

namespace ServerSessions.Testing;

internal static class RandomName
{
    /// <summary>Sixteen lower-case characters that no one else has.</summary>
    public static string New() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 16);
}
