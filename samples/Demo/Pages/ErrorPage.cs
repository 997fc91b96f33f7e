using Microsoft.AspNetCore.WebUtilities;

namespace Demo.Pages;

/// <summary>What went wrong, without a session: it may be the session that could not be read.</summary>
internal static class ErrorPage
{
    public static Task WriteAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var text = status switch
        {
            StatusCodes.Status403Forbidden => "This form was sent by a page of another site. Nothing was changed.",
            StatusCodes.Status404NotFound => "There is no page here.",
            StatusCodes.Status503ServiceUnavailable => "The sessions cannot be reached just now. Try again in a moment.",
            _ => "This did not work.",
        };
        return Html.Page(
                $"{status} {ReasonPhrases.GetReasonPhrase(status)}",
                who: "",
                $"""
                    <section class="card">
                      <h1>{status}</h1>
                      <p>{text}</p>
                      <p><a class="button" href="/">To the first page</a></p>
                    </section>
                """
            )
            .ExecuteAsync(context);
    }
}
