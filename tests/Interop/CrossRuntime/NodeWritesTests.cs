using ServerSessions.Interop.CrossRuntime.Cases;
using ServerSessions.Interop.CrossRuntime.Running;

namespace ServerSessions.Interop.CrossRuntime;

/// <summary>
/// A record of the real Node package is read, changed, touched and destroyed by this project's store, and Node sees each of it.
/// </summary>
public sealed class NodeWritesTests(BothRuntimes runtimes)
{
    public static IEnumerable<TheoryDataRow<string, string, bool>> Rows() => Matrix.Rows(static session => session.JavaScript is not null);

    [Theory, MemberData(nameof(Rows))]
    public async Task What_Node_wrote_is_read_changed_touched_and_destroyed_here(string backendName, string caseName, bool hasLifetime)
    {
        var (backend, node) = await runtimes.OnAsync(backendName, nameof(NodeWritesTests), nodeFirst: true);
        var session = SessionCases.Named(caseName);
        await using var walk = new Walk(backend, node, Matrix.Lifetime(hasLifetime));
        var values = session.WrittenByNode(backend);

        // Node writes.
        await walk.MarkAsync();
        await node.WriteAsync(walk.Sid, walk.Now, new { maxAge = walk.Lifetime?.TotalMilliseconds }, session.JavaScript!);
        var cookie = Sessions.CookieJson(walk.Lifetime, walk.Now);
        var written = await walk.DumpAsync();
        Assert.NotNull(written);
        written.Ends.AssertIs(backend.StoredByNode(walk.End, walk.Now));

        // .NET reads.
        var read = await walk.ReadAsync(backend.StoredByNode(walk.End, walk.Now));
        Comparison.AssertSame(backend, Sessions.Json(cookie, values), Sessions.Text(read));

        // .NET changes: a member more, and what no one touched is as it was.
        await walk.LaterAsync();
        var changed = Sessions.Touched(read, walk.Clock, "added", """{"by":".NET"}""");
        Assert.Equal(ConditionalSetResult.Stored, await walk.Conditional.TrySetAsync(walk.Sid, changed, read));
        cookie = Sessions.CookieJson(walk.Lifetime, walk.Now);
        var afterChange = await walk.DumpAsync();
        Comparison.AssertSame(written, afterChange, cookieMoved: true, "added");
        Assert.Equal(written.Values.Count + 1, afterChange!.Values.Count);
        afterChange.Ends.AssertIs(backend.StoredByUs(walk.End));
        var both = With(values, "\"added\":{\"by\":\".NET\"}");
        Comparison.AssertSame(backend, Sessions.Json(cookie, both), await ReadInNodeAsync(walk));

        // .NET touches: the end moves, and nothing else but the cookie if that is the backend's end.
        read = await walk.ReadAsync(backend.StoredByUs(walk.End));
        await walk.LaterAsync();
        Assert.True(await walk.Touchable.TouchAsync(walk.Sid, Sessions.Touched(read, walk.Clock)));
        var afterTouch = await walk.DumpAsync();
        Comparison.AssertSame(afterChange, afterTouch, cookieMoved: backend.TouchWritesCookie);
        afterTouch!.Ends.AssertIs(backend.StoredByUs(walk.End));
        cookie = backend.TouchWritesCookie ? Sessions.CookieJson(walk.Lifetime, walk.Now) : cookie;
        Comparison.AssertSame(backend, Sessions.Json(cookie, both), await ReadInNodeAsync(walk));

        // Node changes what .NET has written, and .NET touches that: in a file the member of session-file-store stands in the middle now.
        await walk.LaterAsync();
        await node.ChangeAsync(walk.Sid, walk.Now, "more", new[] { 1, 2 });
        var afterNode = await walk.DumpAsync();
        Comparison.AssertSame(afterTouch, afterNode, cookieMoved: true, "more");
        both = With(both, "\"more\":[1,2]");
        read = await walk.ReadAsync(backend.StoredByNode(walk.End, walk.Now));
        Comparison.AssertSame(backend, Sessions.Json(Sessions.CookieJson(walk.Lifetime, walk.Now), both), Sessions.Text(read));
        await walk.LaterAsync();
        Assert.True(await walk.Touchable.TouchAsync(walk.Sid, Sessions.Touched(read, walk.Clock)));
        var afterLast = await walk.DumpAsync();
        Comparison.AssertSame(afterNode!, afterLast, cookieMoved: backend.TouchWritesCookie);
        afterLast!.Ends.AssertIs(backend.StoredByUs(walk.End));

        // .NET destroys.
        await walk.Store.DestroyAsync(walk.Sid);
        Assert.Null(await node.ReadAsync(walk.Sid, walk.Now));
        Assert.Null(await walk.DumpAsync());
    }

    private static string With(string values, string member) => values == "{}" ? $"{{{member}}}" : $"{values[..^1]},{member}}}";

    /// <summary>What an application in Node sees, without the member that session-file-store leaves in the session.</summary>
    private static async Task<string?> ReadInNodeAsync(Walk walk) => NodeView.Of(await walk.Node.ReadAsync(walk.Sid, walk.Now));
}
