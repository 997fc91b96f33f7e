using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.ResponseCaching;

namespace ServerSessions;

/// <summary>
/// Controls ASP.NET Core's own caches. Both copy the headers at the first byte, often before the session's cookie is added, so they are
/// told when the session is used.
/// </summary>
internal static class ResponseCaches
{
    /// <summary>Makes the caches in front of this point of the pipeline skip the response.</summary>
    public static void Refuse(HttpContext context)
    {
        if (context.Features.Get<IOutputCacheFeature>() is { } output)
        {
            // The cache reads it again after the application has run.
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

    /// <summary>Removes the view of the headers, unless another one has replaced it.</summary>
    public static void Restore(HttpContext context)
    {
        if (context.Features.Get<IHttpResponseFeature>() is PrivateResponse response)
        {
            context.Features.Set(response.Inner);
        }
    }
}
