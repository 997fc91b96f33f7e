namespace Demo;

/// <summary>
/// Refuses requests that a page of another site makes a browser send. Such a page could sign a visitor out, or in under a name of its
/// choice. Browsers send the origin of a request: in <c>Sec-Fetch-Site</c> over https and on localhost, else in <c>Origin</c>. A request
/// without both does not come from a browser.
/// </summary>
internal sealed class SameOriginForms(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || IsOwn(request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    // "same-site" is refused: another host of the domain is not this application. "none" is a request of the user, not of a page.
    private static bool IsOwn(HttpRequest request) =>
        (request.Headers["Sec-Fetch-Site"].ToString(), request.Headers.Origin.ToString()) switch
        {
            ("same-origin" or "none", _) => true,
            ("", "") => true,
            ("", var origin) => Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && new HostString(from.Authority).Equals(request.Host),
            _ => false,
        };
}
