using ServerSessions.Trust.Tests.Fuzz;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>A request of someone who has no session, and gets none.</summary>
/// <param name="Path">One of the paths of <see cref="TrustEndpoints"/>.</param>
/// <param name="Cookies">The Cookie headers.</param>
/// <param name="IsOver">Whether it is a sign-out with the cookie of a session that is over: the browser is told to drop it.</param>
internal sealed record BotRequest(string Path, string[] Cookies, bool IsOver = false)
{
    public const string Probe = "/anonymous";
    public const string Read = "/get";
    public const string SignOut = "/logout";

    private const int Kinds = 9;
    private const int StaleSessions = 16;
    private const string OtherSecret = "the secret of another application, as long as ours";

    /// <summary>The id that it is signed for, if that is one that no one ever had.</summary>
    public string? SignedSid { get; private init; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The cookies of sessions that are over: every second was destroyed, the others have expired.</summary>
    public static async Task<IReadOnlyList<string>> StaleAsync(ISessionStore store)
    {
        var stale = new List<string>();
        for (var session = 0; session < StaleSessions; session++)
        {
            var isExpired = session % 2 == 0;
            var (sid, cookie) = await Sessions.NewAsync(store, LeakCollector.Payload, isExpired ? TimeSpan.FromMilliseconds(50) : null);
            stale.Add(cookie);
            if (!isExpired)
            {
                await store.DestroyAsync(sid, Cancel);
            }

            while (await store.GetAsync(sid, Cancel) is not null)
            {
                await Task.Delay(5, Cancel);
            }
        }

        return stale;
    }

    /// <summary>One of each kind in turn.</summary>
    public static BotRequest New(int number, Random random, IReadOnlyList<string> stale) =>
        (number % Kinds) switch
        {
            0 => new BotRequest(Probe, []),
            1 => new BotRequest(Read, []),
            2 => new BotRequest(Read, CookieTexts.New(random)),
            3 => new BotRequest(Read, [Forged()]),
            4 => Unknown(Sessions.NewSid()),
            5 => new BotRequest(Read, [stale[random.Next(stale.Count)]]),
            6 => new BotRequest(SignOut, random.Next(2) == 0 ? [] : [Forged()]),
            7 => new BotRequest(SignOut, [stale[random.Next(stale.Count)]], IsOver: true),
            _ => new BotRequest(Probe, random.Next(2) == 0 ? [stale[random.Next(stale.Count)]] : CookieTexts.New(random)),
        };

    /// <summary>Whether a response gives the client a cookie that it could come back with, or one if there is nothing to drop.</summary>
    public bool IsGivenACookie(IEnumerable<string?> setCookies) =>
        setCookies.Any(cookie =>
            !IsOver
            || !cookie!.StartsWith("connect.sid=; ", StringComparison.Ordinal)
            || !cookie.Contains("Expires=Thu, 01 Jan 1970", StringComparison.Ordinal)
        );

    private static BotRequest Unknown(string sid) => new(Read, [SignedCookie.Of(sid)]) { SignedSid = sid };

    private static string Forged() => SignedCookie.Of(Sessions.NewSid(), OtherSecret);
}
