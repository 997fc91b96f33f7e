using Microsoft.AspNetCore.WebUtilities;
using Session;

namespace Demo.Pages;

/// <summary>What went wrong, without a session: it may be the session that could not be read.</summary>
internal static class ErrorPage
{
    public static ExceptionHandlerOptions ForExceptions { get; } = new()
    {
        ExceptionHandler = WriteAsync,
        StatusCodeSelector = static error => error switch
        {
            SessionStoreException { IsTransient: true } => StatusCodes.Status503ServiceUnavailable,
            BadHttpRequestException bad => bad.StatusCode,
            _ => StatusCodes.Status500InternalServerError,
        },
        // The session has logged what its store said; a bad request is the client's.
        SuppressDiagnosticsCallback = static context => context.Exception is SessionStoreException or BadHttpRequestException,
    };

    public static Task WriteAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "2";
        }

        var text = status switch
        {
            StatusCodes.Status403Forbidden => "This form was sent by a page of another site. Nothing was changed.",
            StatusCodes.Status404NotFound => "There is no page here.",
            StatusCodes.Status503ServiceUnavailable => "The sessions cannot be reached just now. Nothing of yours is lost: try again in a moment.",
            _ => "This did not work. Nothing was changed.",
        };
        return Html.Page($"{status} {ReasonPhrases.GetReasonPhrase(status)}", who: "", $"""
                  <section class="card">
                    <h1>{status}</h1>
                    <p>{text}</p>
                    <p><a class="button" href="/">To the first page</a></p>
                  </section>
              """).ExecuteAsync(context);
    }
}
