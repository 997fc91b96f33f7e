using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions;

/// <summary>
/// A response that the middleware sends itself: a status and a short problem body (RFC 9457). Removes what the application has written so
/// far. Keeps what middleware in front has set.
/// </summary>
internal sealed record Problem(int Status, string Title, string Detail)
{
    private const string ContentType = "application/problem+json";

    /// <summary>The body. Its text needs no escapes.</summary>
    private readonly byte[] _json = System.Text.Encoding.UTF8.GetBytes(
        $$"""{"type":"about:blank","title":"{{Title}}","status":{{Status}},"detail":"{{Detail}}"}"""
    );

    /// <summary>A header that the response gets, with its value.</summary>
    public KeyValuePair<string, string>? Header { get; init; }

    /// <summary>Writes the response.</summary>
    /// <param name="context">The request.</param>
    /// <param name="front">The response before the application ran.</param>
    /// <param name="failure">The exception that is the cause, for the application's problem-details service.</param>
    public async Task WriteAsync(HttpContext context, ResponseSnapshot front, Exception? failure = null)
    {
        var response = context.Response;
        front.Restore(response);
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (Header is var (name, value))
        {
            response.Headers[name] = value;
        }

        // Status-code pages add a body only to a response without one.
        if (front.HasPages)
        {
            return;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            response.ContentType = ContentType;
            return;
        }

        if (
            context.RequestServices?.GetService<IProblemDetailsService>() is { } service
            && await service.TryWriteAsync(ToContext(context, failure))
        )
        {
            return;
        }

        response.ContentType = ContentType;
        response.ContentLength = _json.Length;
        await response.Body.WriteAsync(_json);
    }

    /// <summary>Returns the context for the application's problem-details service, which may add to the document.</summary>
    private ProblemDetailsContext ToContext(HttpContext context, Exception? failure) =>
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
