using ServerSessions.Interop.CrossRuntime.Backends;
using ServerSessions.Interop.CrossRuntime.Cases;
using ServerSessions.Interop.CrossRuntime.Running;

namespace ServerSessions.Interop.CrossRuntime;

/// <summary>
/// A record of this project's store is what the real Node package writes, and is read, touched, changed and destroyed by it, and this
/// project sees each of it.
/// </summary>
public sealed class OursWritesTests(BothRuntimes runtimes)
{
    public static IEnumerable<TheoryDataRow<string, string, bool>> Rows() => Matrix.Rows(static _ => true);

    [Theory, MemberData(nameof(Rows))]
    public async Task What_was_written_here_is_read_touched_changed_and_destroyed_by_Node(
        string backendName,
        string caseName,
        bool hasLifetime
    )
    {
        var (backend, node) = await runtimes.OnAsync(backendName, nameof(OursWritesTests), nodeFirst: false);
        var session = SessionCases.Named(caseName);
        await using var walk = new Walk(backend, node, Matrix.Lifetime(hasLifetime));
        var record = Sessions.New(session.Json, walk.Lifetime, walk.Clock);
        if (backend.KeepsDocuments && session.IsRefusedInDocument)
        {
            var refused = await Assert.ThrowsAsync<SessionStoreException>(async () => await walk.Store.SetAsync(walk.Sid, record));
            Assert.Contains("surrogate", refused.Message, StringComparison.Ordinal);
            Assert.Null(await walk.DumpAsync());
            return;
        }

        // .NET writes.
        await walk.MarkAsync();
        await walk.Store.SetAsync(walk.Sid, record);
        var cookie = Sessions.CookieJson(walk.Lifetime, walk.Now);
        var written = await walk.DumpAsync();
        Assert.NotNull(written);
        written.Ends.AssertIs(backend.StoredByUs(walk.End));
        await AssertIsWhatNodeWritesAsync(walk, session, written);

        // Node reads.
        var seen = session.SeenByNode(backend);
        Comparison.AssertSame(backend, Sessions.Json(cookie, seen), NodeView.Of(await node.ReadAsync(walk.Sid, walk.Now)));

        // Node touches: the end moves if its package does that, and nothing else but the cookie if that is the backend's end.
        await walk.LaterAsync();
        await node.TouchAsync(walk.Sid, walk.Now);
        var afterTouch = await walk.DumpAsync();
        var moved = hasLifetime || backend.NodeTouchesWithoutLifetime;
        var rewritten = backend.TouchWritesCookie && session.AfterNode is not null;
        var values = session.WrittenByNode(backend);
        Comparison.AssertSame(written, afterTouch, cookieMoved: backend.TouchWritesCookie, rewritten ? [.. written.Values.Keys] : []);
        if (moved)
        {
            cookie = backend.TouchWritesCookie ? Sessions.CookieJson(walk.Lifetime, walk.Now) : cookie;
            afterTouch!.Ends.AssertIs(backend.StoredByNode(walk.End, walk.Now));
            Comparison.AssertSame(
                backend,
                Sessions.Json(cookie, rewritten ? values : session.Json),
                Sessions.Text(await walk.ReadAsync(backend.StoredByNode(walk.End, walk.Now)))
            );
        }
        else
        {
            Assert.Equal(written.Ends, afterTouch!.Ends);
        }

        // Node changes: a member more, and its own view of the numbers.
        await walk.LaterAsync();
        await node.ChangeAsync(walk.Sid, walk.Now, "added", new { by = "Node" });
        var afterChange = await walk.DumpAsync();
        Comparison.AssertSame(
            written,
            afterChange,
            cookieMoved: true,
            session.AfterNode is not null && !backend.KeepsDocuments ? [.. written.Values.Keys, "added"] : ["added"]
        );
        Assert.Equal(written.Values.Count + 1, afterChange!.Values.Count);
        afterChange.Ends.AssertIs(backend.StoredByNode(walk.End, walk.Now));
        Comparison.AssertSame(
            backend,
            Sessions.Json(
                Sessions.CookieJson(walk.Lifetime, walk.Now),
                values == "{}" ? """{"added":{"by":"Node"}}""" : $"{values[..^1]},\"added\":{{\"by\":\"Node\"}}}}"
            ),
            Sessions.Text(await walk.ReadAsync(backend.StoredByNode(walk.End, walk.Now)))
        );

        // Node destroys.
        await node.DestroyAsync(walk.Sid, walk.Now);
        Assert.Null(await walk.Store.GetAsync(walk.Sid));
        Assert.Null(await walk.DumpAsync());
    }

    /// <summary>
    /// The same session written by Node at the same instant lies there with the same members, each of the same type and value, and the same
    /// end.
    /// </summary>
    private static async Task AssertIsWhatNodeWritesAsync(Walk walk, SessionCase session, RawRecord written)
    {
        if (session.JavaScript is null)
        {
            return;
        }

        var twin = walk.Sid + "-twin";
        await walk.Node.WriteAsync(twin, walk.Now, new { maxAge = walk.Lifetime?.TotalMilliseconds }, session.JavaScript);
        var nodes = await walk.DumpAsync(twin);
        Comparison.AssertSame(
            nodes!,
            written,
            cookieMoved: false,
            session.TypedByNode && walk.Backend.KeepsDocuments ? [.. written.Values.Keys] : []
        );
        nodes!.Ends.AssertIs(walk.Backend.StoredByNode(walk.End, walk.Now));
        await walk.Node.DestroyAsync(twin, walk.Now);
    }
}
