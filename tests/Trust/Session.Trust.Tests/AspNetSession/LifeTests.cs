using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.AspNetSession;

/// <summary>When <c>HttpContext.Session</c> begins a session, stores it, sends its cookie and empties it, on each backend.</summary>
public sealed class LifeTests(Fleet fleet)
{
    private static readonly (string, Func<HttpContext, string>) Set = (
        "/set",
        static context =>
        {
            context.Session.SetString("user", "ada");
            return context.Session.Id;
        }
    );

    private static readonly (string, Func<HttpContext, string>) Get = (
        "/get",
        static context => $"{context.Session.GetString("user")} {string.Join(',', context.Session.Keys)} {context.Session.IsAvailable}"
    );

    private static readonly (string, Func<HttpContext, string>) Id = ("/id", static context => context.Session.Id);

    private static readonly (string, Func<HttpContext, string>) Clear = (
        "/clear",
        static context =>
        {
            context.Session.Clear();
            return context.Session.Keys.Count().ToString(CultureInfo.InvariantCulture);
        }
    );

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task A_visitor_who_sets_nothing_gets_no_cookie_and_nothing_is_stored(string backend)
    {
        await using var site = await SessionSite.StartAsync(
            fleet,
            backend,
            Get,
            (
                "/id",
                static context =>
                {
                    var id = context.Session.Id;
                    Assert.Equal(id, context.Session.Id);
                    Assert.True(Guid.TryParseExact(id, "D", out _));
                    return id;
                }
        ),
            (
                "/undo",
                static context =>
                {
                    context.Session.SetString("user", "ada");
                    context.Session.Remove("user");
                    context.Session.Remove("none");
                    context.Session.Clear();
                    return "";
                }
        ),
            Clear
        );

        var (read, id, undone, cleared) = (
            await site.GetAsync("/get"),
            await site.GetAsync("/id"),
            await site.GetAsync("/undo"),
            await site.GetAsync("/clear")
        );

        Assert.Equal("  True", read.Body);
        Assert.NotEqual(id.Body, (await site.GetAsync("/id")).Body);
        Assert.All([read, id, undone, cleared], static response => Assert.Empty(response.SetCookies));
        Assert.Equal(0, await site.Store.LengthAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task The_first_value_sends_one_cookie_and_the_id_stays_and_is_neither_in_the_cookie_nor_at_rest(string backend)
    {
        await using var site = await SessionSite.StartAsync(
            fleet,
            backend,
            Set,
            Get,
            Id,
            (
                "/more",
                static context =>
                {
                    context.Session.SetString("more", "1");
                    return "";
                }
        )
        );

        var begun = await site.GetAsync("/set");
        var cookie = begun.TheCookie;
        var (read, id, more) = (
            await site.GetAsync("/get", cookie),
            await site.GetAsync("/id", cookie),
            await site.GetAsync("/more", cookie)
        );

        Assert.Equal(("ada user True", begun.Body), (read.Body, id.Body));
        Assert.All([read, id, more], static response => Assert.Empty(response.SetCookies));
        Assert.Equal("ada user,more True", (await site.GetAsync("/get", cookie)).Body);
        Assert.DoesNotContain(begun.Body, Uri.UnescapeDataString(cookie), StringComparison.Ordinal);
        var entry = Assert.Single(await site.Store.AllAsync(TestContext.Current.CancellationToken).ToListAsync());
        Assert.NotEqual(begun.Body, entry.Sid);
        Assert.Equal(["user", "more"], SessionDocument.Parse(entry.Record.Payload).Keys.OrderDescending(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task An_id_of_a_session_that_has_ended_is_not_revived(string backend)
    {
        await using var site = await SessionSite.StartAsync(fleet, backend, Set, Get);
        var cookie = (await site.GetAsync("/set")).TheCookie;
        var sid = Answer.SidOf(cookie);
        await ((ISessionStore)site.Store).DestroyAsync(sid, TestContext.Current.CancellationToken);

        var lapsed = await site.GetAsync("/get", cookie);
        var begun = await site.GetAsync("/set", cookie);

        Assert.Equal("  True", lapsed.Body);
        Assert.Empty(lapsed.SetCookies);
        Assert.NotEqual(sid, Answer.SidOf(begun.TheCookie));
        Assert.Null(await ((ISessionStore)site.Store).GetAsync(sid, TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Clear_removes_the_values_and_keeps_the_session_its_id_and_its_cookie(string backend)
    {
        await using var site = await SessionSite.StartAsync(fleet, backend, Set, Get, Id, Clear);
        var begun = await site.GetAsync("/set");

        var cleared = await site.GetAsync("/clear", begun.TheCookie);

        Assert.Equal("0", cleared.Body);
        Assert.Empty(cleared.SetCookies);
        Assert.Equal("  True", (await site.GetAsync("/get", begun.TheCookie)).Body);
        Assert.Equal(begun.Body, (await site.GetAsync("/id", begun.TheCookie)).Body);
        Assert.Equal(1, await site.Store.LengthAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Two_requests_at_once_keep_each_others_values(string backend)
    {
        var (hasRead, mayGoOn) = (
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        await using var site = await SessionSite.StartAsync(
            fleet,
            backend,
            Set,
            Get,
            (
                "/slow",
                static context =>
                {
                    context.Session.SetString("slow", "1");
                    return "";
                }
        ),
            (
                "/quick",
                static context =>
                {
                    context.Session.Remove("user");
                    context.Session.SetString("quick", "1");
                    return "";
                }
        )
        );
        var cookie = (await site.GetAsync("/set")).TheCookie;
        site.Before = path =>
        {
            if (path != "/slow")
            {
                return Task.CompletedTask;
            }

            hasRead.SetResult();
            return mayGoOn.Task;
        };

        var slow = site.GetAsync("/slow", cookie);
        await hasRead.Task.WithinBoundAsync("the first request's read");
        await site.GetAsync("/quick", cookie);
        mayGoOn.SetResult();
        await slow;

        Assert.Equal(" quick,slow True", (await site.GetAsync("/get", cookie)).Body);
    }
}
