using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Session;

/// <summary>The path of a request as the client sent it, undecoded, which is what the cookie's path is compared with.</summary>
internal static class RequestPath
{
    public static bool IsWithin(HttpContext context, string? cookiePath)
    {
        if (cookiePath is null or "" or "/")
        {
            return true;
        }

        return Original(context).StartsWith(cookiePath, StringComparison.Ordinal);
    }

    private static ReadOnlySpan<char> Original(HttpContext context)
    {
        ReadOnlySpan<char> target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (target.StartsWith("/", StringComparison.Ordinal))
        {
            var query = target.IndexOf('?');
            return query < 0 ? target : target[..query];
        }

        // A server without raw targets, or a target in absolute form.
        return context.Request.PathBase.Add(context.Request.Path).ToUriComponent();
    }
}
