using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions;

/// <summary>
/// Commits before a connection is upgraded, for example to a web socket: the session is stored before status 101 is sent. A failure is
/// thrown in the application's own call, while the response can still be replaced.
/// </summary>
internal static class CommittingUpgrade
{
    /// <summary>Adds the commit. Does nothing if the request asks for no upgrade.</summary>
    public static void PutBefore(HttpContext context, SessionCommit commit)
    {
        // HTTP/2 upgrades a stream with CONNECT.
        if (context.Request.Headers.Upgrade.Count == 0 && !HttpMethods.IsConnect(context.Request.Method))
        {
            return;
        }

        if (context.Features.Get<IHttpWebSocketFeature>() is { IsWebSocketRequest: true } webSocket)
        {
            context.Features.Set<IHttpWebSocketFeature>(new WebSocketUpgrade(webSocket, commit));
        }

        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            context.Features.Set<IHttpUpgradeFeature>(new AnyUpgrade(upgrade, commit));
        }

        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            context.Features.Set<IHttpExtendedConnectFeature>(new ExtendedConnect(connect, commit));
        }
    }

    // A web-socket middleware behind this one opens an HTTP/2 stream with this feature.
    private sealed class ExtendedConnect(IHttpExtendedConnectFeature inner, SessionCommit commit) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => inner.IsExtendedConnect;

        public string? Protocol => inner.Protocol;

        public async ValueTask<Stream> AcceptAsync()
        {
            await commit.CommitBodyAsync();
            return await inner.AcceptAsync();
        }
    }

    private sealed class WebSocketUpgrade(IHttpWebSocketFeature inner, SessionCommit commit) : IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => inner.IsWebSocketRequest;

        public async Task<WebSocket> AcceptAsync(WebSocketAcceptContext context)
        {
            await commit.CommitBodyAsync();
            return await inner.AcceptAsync(context);
        }
    }

    private sealed class AnyUpgrade(IHttpUpgradeFeature inner, SessionCommit commit) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync()
        {
            await commit.CommitBodyAsync();
            return await inner.UpgradeAsync();
        }
    }
}
