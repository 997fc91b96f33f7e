using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions;

/// <summary>Whether a request came over https; see <see cref="ServerSessionOptions.Proxy"/>.</summary>
internal static class SecureTransport
{
    private const string ForwardedProto = "X-Forwarded-Proto";

    public static bool IsUsedBy(HttpContext context, SessionProxy proxy) =>
        proxy switch
        {
            SessionProxy.TrustForwardedProto => HasTlsConnection(context)
                || IsForwardedFromHttps(context.Request.Headers[ForwardedProto].ToString()),
            SessionProxy.ConnectionOnly => HasTlsConnection(context),
            _ => context.Request.IsHttps,
        };

    private static bool HasTlsConnection(HttpContext context) =>
        context.Features.Get<ITlsHandshakeFeature>() is not null || context.Features.Get<ITlsConnectionFeature>() is not null;

    private static bool IsForwardedFromHttps(ReadOnlySpan<char> header)
    {
        var comma = header.IndexOf(',');
        var first = comma < 0 ? header : header[..comma];
        return first.Trim().Equals("https", StringComparison.OrdinalIgnoreCase);
    }
}
