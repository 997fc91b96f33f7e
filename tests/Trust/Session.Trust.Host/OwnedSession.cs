using System.Text;

namespace ServerSessions.Trust.Host;

/// <summary>A session as a login leaves it.</summary>
public static class OwnedSession
{
    /// <summary>One that outlives every run of the tests, used or not, unless it is given another life.</summary>
    public static SessionRecord Of(string owner, TimeSpan? life = null) =>
        new(
            Encoding.UTF8.GetBytes(
                $$"""{"cookie":{"originalMaxAge":86400000,"expires":"2099-01-01T00:00:00.000Z","httpOnly":true,"path":"/"},"owner":"{{owner}}"}"""
            ),
            TimeProvider.System.GetUtcNow() + (life ?? TimeSpan.FromDays(1))
        );
}
