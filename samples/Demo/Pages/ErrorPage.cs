using Microsoft.AspNetCore.WebUtilities;

namespace Demo.Pages;

/// <summary>Describes an error without a session, because reading the session may be what failed.</summary>
internal static class ErrorPage
{
    public static Task WriteAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        return Html.Page(
                $"{status} {ReasonPhrases.GetReasonPhrase(status)}",
                who: "",
                status == StatusCodes.Status503ServiceUnavailable ? Unavailable(context) : Error(status)
            )
            .ExecuteAsync(context);
    }

    private static string Unavailable(HttpContext context) =>
        $"""
            <h1>The session store is away</h1>
            <section class="card">
              <p>{(HttpMethods.IsGet(context.Request.Method) ? UnavailablePage : UnavailableForm)}</p>
              <p>The status is 503, and <code>Retry-After</code> asks to wait {context.Response.Headers.RetryAfter} seconds.</p>
              <div class="row">
                {Again(context.Request)}
                {(context.RequestServices.GetService<StoreSwitch>() is null ? "" : ToTheSwitch)}
              </div>
            </section>
        """;

    private const string UnavailablePage =
        "This page needs your session, and the demo cannot read it now. You are not signed out, and nothing is lost: the session is in the "
        + "store, and is there again when the store is.";

    private const string UnavailableForm =
        "This form needs your session, and the demo cannot read or save it now. It may have been carried out or not: look again when the "
        + "store is there.";

    private const string Home = """<a class="button" href="/">Go to the home page</a>""";

    private const string ToTheSwitch = """<a class="button quiet" href="/store">Go to the switch of the store</a>""";

    private static string Error(int status)
    {
        var text = status switch
        {
            StatusCodes.Status401Unauthorized => "You have no session, or it has ended.",
            StatusCodes.Status403Forbidden => "A page of another site sent this form. Nothing was changed.",
            StatusCodes.Status404NotFound => "This page does not exist.",
            StatusCodes.Status409Conflict => "Another request ended your session or gave it a new id. Go back, and try again.",
            _ => "The request failed.",
        };
        return $"""
                <h1>{status}</h1>
                <section class="card">
                  <p>{text}</p>
                  <p>{Home}</p>
                </section>
            """;
    }

    /// <summary>A link to the page again, but to no form a second time: of a form it is unknown whether it was carried out.</summary>
    private static string Again(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
            ? $"""<a class="button" href="{Html.Encode(request.PathBase + request.Path + request.QueryString)}">Try again</a>"""
            : Home;
}
