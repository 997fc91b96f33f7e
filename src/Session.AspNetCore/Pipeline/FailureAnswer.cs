using Microsoft.AspNetCore.Http;

namespace Session;

/// <summary>The answer to a request whose session the store could not read or save: a status, and nothing of what the application had made by then.</summary>
internal static class FailureAnswer
{
    public static void Write(HttpResponse response, Exception failure)
    {
        response.Clear();
        response.StatusCode = failure is SessionStoreException { IsTransient: false }
            ? StatusCodes.Status500InternalServerError
            : StatusCodes.Status503ServiceUnavailable;
        response.Headers.CacheControl = "no-store";
    }
}
