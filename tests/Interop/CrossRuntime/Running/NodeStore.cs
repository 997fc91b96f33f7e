using System.Globalization;
using System.Text.Json;
using ServerSessions.Interop.CrossRuntime.Backends;

namespace ServerSessions.Interop.CrossRuntime.Running;

/// <summary>The Node package's store on one place. Its clock stands at the instant that each call names.</summary>
internal sealed class NodeStore(NodeProcess node, int store) : IAsyncDisposable
{
    public static async Task<NodeStore> OpenAsync(NodeProcess node, Backend backend)
    {
        var reply = await node.AskAsync(
            new
            {
                @do = "open",
                kind = backend.Kind,
                place = backend.NodePlace,
            }
        );
        return new NodeStore(node, reply.GetProperty("store").GetInt32());
    }

    /// <param name="sid">The id.</param>
    /// <param name="at">What the clock shows.</param>
    /// <param name="cookie">The cookie's options, as express-session takes them.</param>
    /// <param name="javaScript">The values: JavaScript's source of an object.</param>
    public Task WriteAsync(string sid, DateTimeOffset at, object cookie, string javaScript) =>
        node.AskAsync(
            new
            {
                @do = "write",
                store,
                sid,
                at = at.ToUnixTimeMilliseconds(),
                cookie,
                values = javaScript,
            }
        );

    /// <summary>The session's JSON as an application in Node would write it; null if there is none.</summary>
    public async Task<string?> ReadAsync(string sid, DateTimeOffset at)
    {
        var reply = await node.AskAsync(
            new
            {
                @do = "read",
                store,
                sid,
                at = at.ToUnixTimeMilliseconds(),
            }
        );
        return reply.GetProperty("result") is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
    }

    public Task ChangeAsync(string sid, DateTimeOffset at, string key, object value) =>
        node.AskAsync(
            new
            {
                @do = "change",
                store,
                sid,
                at = at.ToUnixTimeMilliseconds(),
                key,
                value,
            }
        );

    /// <summary>What <c>req.session.save()</c> does in a handler: the session is not touched before.</summary>
    public Task SaveAsync(string sid, DateTimeOffset at) =>
        node.AskAsync(
            new
            {
                @do = "save",
                store,
                sid,
                at = at.ToUnixTimeMilliseconds(),
            }
        );

    public Task TouchAsync(string sid, DateTimeOffset at) =>
        node.AskAsync(
            new
            {
                @do = "touch",
                store,
                sid,
                at = at.ToUnixTimeMilliseconds(),
            }
        );

    public Task DestroyAsync(string sid, DateTimeOffset at) =>
        node.AskAsync(
            new
            {
                @do = "destroy",
                store,
                sid,
                at = at.ToUnixTimeMilliseconds(),
            }
        );

    /// <summary>Puts express-session with this store behind the protocol of tests/Interop, by the system's clock.</summary>
    public async Task<Uri> ServeAsync(object options)
    {
        var reply = await node.AskAsync(
            new
            {
                @do = "serve",
                store,
                options,
            }
        );
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{reply.GetProperty("port").GetInt32()}"));
    }

    public async ValueTask DisposeAsync() => await node.AskAsync(new { @do = "close", store });
}
