using Microsoft.AspNetCore.WebUtilities;

namespace Demo.Pages;

/// <summary>Describes an error without a session, because reading the session may be what failed.</summary>
internal static class ErrorPage
{
    public static Task WriteAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var text = status switch
        {
            StatusCodes.Status403Forbidden => "A page of another site sent this form. Nothing was changed.",
            StatusCodes.Status404NotFound => "This page does not exist.",
            StatusCodes.Status503ServiceUnavailable => "The session store cannot be reached. Try again in a moment.",
            _ => "The request failed.",
        };
        return Html.Page(
                $"{status} {ReasonPhrases.GetReasonPhrase(status)}",
                who: "",
                $"""
                    <section class="card">
                      <h1>{status}</h1>
                      <p>{text}</p>
                      <p><a class="button" href="/">Go to the home page</a></p>
                    </section>
                """
            )
            .ExecuteAsync(context);
    }
}
