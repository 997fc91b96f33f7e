using Microsoft.AspNetCore.Http;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>No id that a client offers becomes the id of a session, and what is not signed costs no call (T05).</summary>
public sealed class StrictIdTests(Fleet fleet)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task A_signed_id_without_a_session_is_never_adopted(string backend)
    {
        var inner = (await fleet.Places.NewAsync(backend)).Open();
        await using var host = await TrustHost.StartAsync(inner);
        var destroyed = await Sessions.NewAsync(inner, LeakCollector.Payload);
        await inner.DestroyAsync(destroyed.Sid, Cancel);
        var expired = Sessions.NewSid();
        await inner.SetAsync(expired, Sessions.Record(LeakCollector.Payload, TimeSpan.FromMilliseconds(50)), Cancel);
        while (await inner.GetAsync(expired, Cancel) is not null)
        {
            await Task.Delay(5, Cancel);
        }

        foreach (
            var offered in (string[])
                [Sessions.NewSid(), destroyed.Sid, expired, "chosen-by-somebody-else", "../../etc/passwd", "*", "sess:*", "$where"]
        )
        {
            var read = await host.Client.SendAsync("/get", SignedCookie.Of(offered), TrustEndpoints.Owner);
            Assert.Equal((200, TrustEndpoints.None, null), (read.Status, read.Body, read.Cookie));

            var written = await host.Client.SendAsync("/set", SignedCookie.Of(offered), "key", LeakCollector.Payload);
            var given = Answer.SidOf(written.TheCookie);
            Assert.NotEqual(offered, given);
            Assert.Matches("^[A-Za-z0-9_-]{32}$", given);
            Assert.Null(await inner.GetAsync(offered, Cancel));
            Assert.NotNull(await inner.GetAsync(given, Cancel));
        }

        await host.DisposeAsync();
        await StorePlace.CloseAsync(inner);
    }

    [Fact]
    public async Task What_is_not_signed_for_this_application_costs_no_store_call_and_touches_nobodys_session()
    {
        var inner = new StorePlace("memory", "").Open();
        var store = new CountingStore(inner);
        await using var host = await TrustHost.StartAsync(store);
        var (sid, good) = await Sessions.NewAsync(inner, LeakCollector.Payload);
        var (_, others) = await Sessions.NewAsync(inner, LeakCollector.Payload);
        var value = SignedCookie.ValueOf(sid);
        var signature = value[^43..];
        var offers = new List<string>
        {
            sid,
            $"s:{sid}",
            $"s:{sid}.",
            $".{signature}",
            $"s:.{signature}",
            $"{sid}.{signature}",
            $"S:{sid}.{signature}",
            $"j:{{\"sid\":\"{sid}\"}}",
            // Another session's signature, another application's secret, the hash itself.
            $"s:{sid}.{Uri.UnescapeDataString(others)[^43..]}",
            SignedCookie.ValueOf(sid, "the secret of another application, as long as ours"),
            $"s:{sid}.{new string('A', 43)}",
            $"s:{sid}.{signature}=",
            $"s:{sid}.{signature.Replace('+', '-').Replace('/', '_')}.",
            $"s:{sid}.{signature.ToUpperInvariant()}",
            $" {value}",
            $"{value} x",
            $"{value}\\",
            $"s:{sid} .{signature}",
            $"s:{sid}..{signature}",
        };
        offers.AddRange(Enumerable.Range(0, value.Length).Select(length => value[..length]));
        offers.AddRange(Enumerable.Range(1, value.Length - 1).Select(start => value[start..]));
        foreach (var offer in offers.Distinct(StringComparer.Ordinal))
        {
            var read = await host.Client.SendAsync("/get", $"connect.sid={Uri.EscapeDataString(offer)}", TrustEndpoints.Owner);
            Assert.True(
                (200, TrustEndpoints.None, null) == (read.Status, read.Body, read.Cookie),
                $"Accepted, or cookie set: the offer number {offers.IndexOf(offer)}."
            );
            Assert.Equal(0, store.Calls);
        }

        // The same, written to: one call, for the new session.
        var written = await host.Client.SendAsync("/set", $"connect.sid={Uri.EscapeDataString(offers[1])}", "key", LeakCollector.Payload);
        Assert.NotEqual(sid, Answer.SidOf(written.TheCookie));
        Assert.Equal(1, store.Calls);
        Assert.Equal(LeakCollector.Payload, (await host.Client.SendAsync("/get", good, TrustEndpoints.Owner)).Body);
    }

    [Fact]
    public async Task An_id_counts_in_the_cookie_alone()
    {
        var inner = new StorePlace("memory", "").Open();
        var store = new CountingStore(inner);
        await using var host = await TrustHost.StartAsync(store, handler: static context =>
            context.Response.WriteAsync(context.GetServerSession().Get<string>(TrustEndpoints.Owner) ?? TrustEndpoints.None)
        );

        // Addresses are logged by the server: no one looks for this id.
        var sid = Sessions.NewSid();
        await inner.SetAsync(sid, Sessions.Record("owner"), Cancel);
        var cookie = SignedCookie.Of(sid);
        var value = cookie.Split('=', 2)[1];

        var elsewhere = await host.Client.SendAsync(
            $"/{value}?connect.sid={value}&sid={value}",
            headers: [("connect.sid", value), ("X-Session-Id", value), ("Authorization", $"Bearer {value}"), ("Cookie2", cookie)]
        );

        Assert.Equal((200, TrustEndpoints.None, 0), (elsewhere.Status, elsewhere.Body, store.Calls));
    }

    [Fact]
    public async Task Two_applications_on_one_store_do_not_know_each_others_ids()
    {
        var store = new StorePlace("memory", "").Open();
        await using var one = await TrustHost.StartAsync(store);
        await using var two = await TrustHost.StartAsync(store, options =>
            options.Secret = LeakCollector.Secret + "-of-another-application"
        );
        var cookie = (await one.Client.SendAsync("/login", value: LeakCollector.Payload)).TheCookie;

        Assert.Equal(TrustEndpoints.None, (await two.Client.SendAsync("/get", cookie, TrustEndpoints.Owner)).Body);
        Assert.Equal(LeakCollector.Payload, (await one.Client.SendAsync("/get", cookie, TrustEndpoints.Owner)).Body);
    }
}
