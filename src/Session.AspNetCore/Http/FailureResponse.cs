using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions;

/// <summary>
/// Writes the response to a request whose session could not be read or saved: a status and a short problem body (RFC 9457). Removes what
/// the application has written so far. Keeps what middleware in front has set.
/// </summary>
internal static class FailureResponse
{
    // Longer than a driver needs to reconnect, shorter than users wait before they retry.
    private const string RetryAfterSeconds = "5";

    private static readonly Problem Unavailable = new(
        StatusCodes.Status503ServiceUnavailable,
        "Service Unavailable",
        "The session of this request could not be read or saved. Retry after the number of seconds in Retry-After."
    );

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

    public static async Task WriteAsync(HttpContext context, ResponseSnapshot front, Exception failure)
    {
        var response = context.Response;
        var problem = failure switch
        {
            SessionNotFoundException => Gone,
            SessionStoreException { IsTransient: false } => Broken,
            _ => Unavailable,
        };
        front.Restore(response);
        response.StatusCode = problem.Status;
        response.Headers.CacheControl = "no-store";
        if (problem == Unavailable)
        {
            response.Headers.RetryAfter = RetryAfterSeconds;
        }

        // Status-code pages add a body only to a response without one.
        if (front.HasPages)
        {
            return;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            response.ContentType = Problem.ContentType;
            return;
        }

        if (
            context.RequestServices?.GetService<IProblemDetailsService>() is { } service
            && await service.TryWriteAsync(problem.ToContext(context, failure))
        )
        {
            return;
        }

        response.ContentType = Problem.ContentType;
        response.ContentLength = problem.Json.Length;
        await response.Body.WriteAsync(problem.Json);
    }

    private sealed record Problem(int Status, string Title, string Detail)
    {
        public const string ContentType = "application/problem+json";

        /// <summary>The body. Its text needs no escapes.</summary>
        public byte[] Json { get; } =
            System.Text.Encoding.UTF8.GetBytes(
                $$"""{"type":"about:blank","title":"{{Title}}","status":{{Status}},"detail":"{{Detail}}"}"""
            );

        /// <summary>Returns the context for the application's problem-details service, which may add to the document.</summary>
        public ProblemDetailsContext ToContext(HttpContext context, Exception failure) =>
            new()
            {
                HttpContext = context,
                Exception = failure,
                ProblemDetails =
                {
                    Type = "about:blank",
                    Title = Title,
                    Status = Status,
                    Detail = Detail,
                },
            };
    }
}
