using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Tool.Checks;

/// <summary>A session of the tool's own, which lives for seconds and holds nothing.</summary>
internal static class ProbeSession
{
    /// <summary>If the tool is killed, the session is gone after this time.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    /// <summary>Returns an id that no application uses: it is random.</summary>
    public static string NewSid() => $"session-doctor-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";

    public static SessionRecord Record(int number, DateTimeOffset expires) =>
        new(
            Encoding.UTF8.GetBytes($$"""{"cookie":{"originalMaxAge":{{(long)Life.TotalMilliseconds}},"path":"/"},"doctor":{{number}}}"""),
            expires
        );
}
