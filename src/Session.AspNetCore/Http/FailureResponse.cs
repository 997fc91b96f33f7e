using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerSessions;

/// <summary>The responses to requests whose session could not be read or saved.</summary>
internal static class FailureResponse
{
    // Longer than a driver needs to reconnect, shorter than users wait before they retry.
    private const string RetryAfterSeconds = "5";

    private static readonly Problem Unavailable = new(
        StatusCodes.Status503ServiceUnavailable,
        "Service Unavailable",
        "The session of this request could not be read or saved. Retry after the number of seconds in Retry-After."
    )
    {
        Header = new(HeaderNames.RetryAfter, RetryAfterSeconds),
    };

    private static readonly Problem Broken = new(
        StatusCodes.Status500InternalServerError,
        "Internal Server Error",
        "The session of this request could not be read or saved. A retry does not help until the cause is removed."
    );

    private static readonly Problem Gone = new(
        StatusCodes.Status409Conflict,
        "Conflict",
        "The session of this request has ended, or another request has given it a new id."
    );

    /// <summary>Writes the response.</summary>
    /// <param name="context">The request.</param>
    /// <param name="front">The response before the application ran.</param>
    /// <param name="failure">The failure; <see langword="null"/> if the store is disconnected.</param>
    public static Task WriteAsync(HttpContext context, ResponseSnapshot front, Exception? failure) =>
        (
            failure switch
            {
                SessionNotFoundException => Gone,
                SessionStoreException { IsTransient: false } => Broken,
                _ => Unavailable,
            }
        ).WriteAsync(context, front, failure);
}
