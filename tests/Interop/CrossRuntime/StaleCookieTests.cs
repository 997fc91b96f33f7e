using ServerSessions.Interop.CrossRuntime.Cases;
using ServerSessions.Interop.CrossRuntime.Running;

namespace ServerSessions.Interop.CrossRuntime;

/// <summary>A touch moves the end of a session and, but in a file, not the one that stands in its cookie.</summary>
public sealed class StaleCookieTests(BothRuntimes runtimes)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    public static IEnumerable<TheoryDataRow<string>> Rows() => BothRuntimes.Backends.Select(static name => new TheoryDataRow<string>(name));

    [Theory, MemberData(nameof(Rows))]
    public async Task A_save_in_Node_without_a_touch_ends_a_session_that_lives_by_its_touches(string backendName)
    {
        await using var walk = await StartAsync(backendName);
        await walk.Node.SaveAsync(walk.Sid, walk.Now);
        Assert.Equal(walk.Backend.TouchWritesCookie, await walk.Store.GetAsync(walk.Sid) is not null);
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task What_Node_does_at_the_end_of_a_request_keeps_it(string backendName)
    {
        await using var walk = await StartAsync(backendName);
        await walk.Node.ChangeAsync(walk.Sid, walk.Now, "b", 2);
        await walk.ReadAsync(walk.Backend.StoredByNode(walk.Now + Lifetime, walk.Now));
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task What_this_project_writes_then_keeps_it(string backendName)
    {
        await using var walk = await StartAsync(backendName);
        var read = await walk.Store.GetAsync(walk.Sid);
        Assert.Equal(
            ConditionalSetResult.Stored,
            await walk.Conditional.TrySetAsync(walk.Sid, Sessions.Touched(read!, walk.Clock, "b", "2"), read)
        );
        Assert.NotNull(await walk.Node.ReadAsync(walk.Sid, walk.Now + Lifetime - TimeSpan.FromSeconds(1)));
    }

    /// <summary>
    /// A session of a minute, written by Node, touched here after 50 seconds, now 20 more of them old: the cookie's end was ten seconds
    /// ago.
    /// </summary>
    private async Task<Walk> StartAsync(string backendName)
    {
        var (backend, node) = await runtimes.OnAsync(backendName, nameof(NodeWritesTests), nodeFirst: true);
        var walk = new Walk(backend, node, Lifetime);
        await node.WriteAsync(walk.Sid, walk.Now, new { maxAge = Lifetime.TotalMilliseconds }, "{a:1}");
        walk.Clock.Advance(TimeSpan.FromSeconds(50));
        var read = await walk.Store.GetAsync(walk.Sid);
        Assert.True(await walk.Touchable.TouchAsync(walk.Sid, Sessions.Touched(read!, walk.Clock)));
        walk.Clock.Advance(TimeSpan.FromSeconds(20));
        await walk.MarkAsync();
        return walk;
    }
}
