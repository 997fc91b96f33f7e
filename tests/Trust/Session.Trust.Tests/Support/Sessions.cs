using System.Security.Cryptography;
using System.Text;

namespace Session.Trust.Tests.Support;

/// <summary>Sessions put into a store as a login would.</summary>
internal static class Sessions
{
    public static string NewSid() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)).Replace('+', '-').Replace('/', '_');

    public static SessionRecord Record(string owner, TimeSpan? life = null) => new(
        Encoding.UTF8.GetBytes($$"""{"cookie":{"originalMaxAge":600000,"expires":"2099-01-01T00:00:00.000Z","httpOnly":true,"path":"/"},"owner":"{{owner}}"}"""),
        TimeProvider.System.GetUtcNow() + (life ?? TimeSpan.FromMinutes(10)));

    /// <summary>Stores a session; gives its id and the cookie of it.</summary>
    public static async Task<(string Sid, string Cookie)> NewAsync(ISessionStore store, string owner)
    {
        var sid = NewSid();
        LeakCollector.Shared.AddSid(sid);
        await store.SetAsync(sid, Record(owner));
        return (sid, SignedCookie.Of(sid));
    }
}
