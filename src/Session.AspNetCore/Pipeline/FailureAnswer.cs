using Microsoft.AspNetCore.Http;

namespace Session;

/// <summary>The answer to a request whose session the store could not read or save: a status, and nothing of what the application had made by then.</summary>
internal static class FailureAnswer
{
    public static void Write(HttpResponse response, Exception failure)
    {
        response.Clear();
        response.StatusCode = failure switch
        {
            SessionNotFoundException => StatusCodes.Status409Conflict,
            SessionStoreException { IsTransient: false } => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        response.Headers.CacheControl = "no-store";
    }
}
