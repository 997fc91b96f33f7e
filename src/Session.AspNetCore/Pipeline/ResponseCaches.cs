using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.ResponseCaching;

namespace ServerSessions;

/// <summary>
/// ASP.NET Core's own caches. Both copy the headers at the first byte they see, which may be long before the session's cookie is among
/// them, so they are told when the session is used.
/// </summary>
internal static class ResponseCaches
{
    /// <summary>Has the caches that are in front of this point of the pipeline pass the response by.</summary>
    public static void Refuse(HttpContext context)
    {
        if (context.Features.Get<IOutputCacheFeature>() is { } output)
        {
            // Asked for once more after the application has run.
            output.Context.AllowCacheStorage = false;
        }

        if (
            context.Features.Get<IResponseCachingFeature>() is not null
            && context.Features.Get<IHttpResponseFeature>() is { } response and not PrivateResponse
        )
        {
            context.Features.Set<IHttpResponseFeature>(new PrivateResponse(response));
        }
    }

    /// <summary>Takes the view of the headers away again, unless something else lies over it.</summary>
    public static void Restore(HttpContext context)
    {
        if (context.Features.Get<IHttpResponseFeature>() is PrivateResponse response)
        {
            context.Features.Set(response.Inner);
        }
    }
}
