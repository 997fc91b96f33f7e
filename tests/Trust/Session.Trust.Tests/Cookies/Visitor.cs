using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>Someone who is logged in, sends the cookie that came last, and is known by name wherever that goes.</summary>
internal sealed class Visitor(string owner, string cookie)
{
    private int _requests;

    public string Cookie { get; private set; } = cookie;

    public string Sid { get; } = Answer.SidOf(cookie);

    /// <summary>How many requests got a response.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How often another secret had signed the cookie that came back.</summary>
    public int SignedAnew { get; private set; }

    public static async Task<Visitor> LogInAsync(RotatingHost at, string owner, IReadOnlyCollection<string> secrets)
    {
        var visitor = new Visitor(owner, (await at.Host.Client.SendAsync("/login", value: owner)).TheCookie);
        LeakCollector.Shared.AddSid(visitor.Sid, secrets);
        return visitor;
    }

    /// <summary>Asks and is known; the cookie that comes back is signed with the secret that this host signs with.</summary>
    public async Task AskAsync(RotatingHost at, bool isChange, CancellationToken cancellationToken = default)
    {
        var answer = isChange
            ? await at.Host.Client.SendAsync(
                "/add-and-get",
                Cookie,
                $"k{Requests % 4}",
                LeakCollector.Payload,
                cancellationToken: cancellationToken
            )
            : await at.Host.Client.SendAsync("/get", Cookie, TrustEndpoints.Owner, cancellationToken: cancellationToken);
        Assert.Equal((200, owner), (answer.Status, answer.Body));

        // Compared without showing it: a message of a failed test is a log.
        Assert.True(
            answer.TheCookie == SignedCookie.Of(Sid, at.Secret),
            "Signed with another secret than the host's own, or another session."
        );
        SignedAnew += answer.TheCookie == Cookie ? 0 : 1;
        Cookie = answer.TheCookie;
        Interlocked.Increment(ref _requests);
    }
}
