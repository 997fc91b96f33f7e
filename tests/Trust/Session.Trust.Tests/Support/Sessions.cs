using System.Security.Cryptography;
using ServerSessions.Payload;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>Sessions put into a store as a login would.</summary>
internal static class Sessions
{
    public static string NewSid() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)).Replace('+', '-').Replace('/', '_');

    /// <inheritdoc cref="OwnedSession.Of"/>
    public static SessionRecord Record(string owner, TimeSpan? life = null) => OwnedSession.Of(owner, life);

    /// <summary>Whether a record opens anything: what a session that has moved leaves behind does not.</summary>
    public static bool IsLive(SessionRecord? record) =>
        record is not null && SessionDocument.Parse(record.Payload).Keys.Any(static key => key != "__moved");

    /// <summary>Whether a record is the session of the user who signed in.</summary>
    public static bool HasOwner(SessionRecord? record) =>
        record is not null && SessionDocument.Parse(record.Payload).Keys.Contains(TrustEndpoints.Owner);

    /// <summary>Stores a session; gives its id and the cookie of it.</summary>
    public static async Task<(string Sid, string Cookie)> NewAsync(ISessionStore store, string owner, TimeSpan? life = null)
    {
        var sid = NewSid();
        LeakCollector.Shared.AddSid(sid);
        await store.SetAsync(sid, Record(owner, life));
        return (sid, SignedCookie.Of(sid));
    }
}
