using ServerSessions.Interop.CrossRuntime.Cases;
using ServerSessions.Interop.CrossRuntime.Running;

namespace ServerSessions.Interop.CrossRuntime;

/// <summary>Requests of both runtimes that meet at one session.</summary>
public sealed class ParallelTests(BothRuntimes runtimes)
{
    public static IEnumerable<TheoryDataRow<string>> Rows() => BothRuntimes.Backends.Select(static name => new TheoryDataRow<string>(name));

    [Theory, MemberData(nameof(Rows))]
    public async Task A_write_here_sees_what_Node_has_written_or_destroyed_since_the_read(string backendName)
    {
        var (backend, node) = await runtimes.OnAsync(backendName, nameof(NodeWritesTests), nodeFirst: true);
        await using var walk = new Walk(backend, node, TimeSpan.FromMinutes(1));
        await node.WriteAsync(walk.Sid, walk.Now, new { maxAge = 60_000 }, "{a:1}");
        var read = await walk.Store.GetAsync(walk.Sid);
        await node.ChangeAsync(walk.Sid, walk.Now, "theirs", true);
        Assert.Equal(
            ConditionalSetResult.Changed,
            await walk.Conditional.TrySetAsync(walk.Sid, Sessions.Touched(read!, walk.Clock, "ours", "true"), read)
        );

        // Read again, as the middleware does, nothing is lost.
        read = await walk.Store.GetAsync(walk.Sid);
        Assert.Equal(
            ConditionalSetResult.Stored,
            await walk.Conditional.TrySetAsync(walk.Sid, Sessions.Touched(read!, walk.Clock, "ours", "true"), read)
        );
        Comparison.AssertSame(
            backend,
            Sessions.Json(Sessions.CookieJson(walk.Lifetime, walk.Now), """{"a":1,"theirs":true,"ours":true}"""),
            NodeView.Of(await node.ReadAsync(walk.Sid, walk.Now))
        );

        read = await walk.Store.GetAsync(walk.Sid);
        await node.DestroyAsync(walk.Sid, walk.Now);
        Assert.Equal(
            ConditionalSetResult.Missing,
            await walk.Conditional.TrySetAsync(walk.Sid, Sessions.Touched(read!, walk.Clock, "ours", "2"), read)
        );
        Assert.False(await walk.Touchable.TouchAsync(walk.Sid, read!));
        Assert.Null(await node.ReadAsync(walk.Sid, walk.Now));
    }
}
