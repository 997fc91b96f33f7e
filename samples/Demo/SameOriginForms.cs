namespace Demo;

/// <summary>
/// Refuses what a page of another site makes a browser send: without it such a page could sign a visitor in under a name of its own choice,
/// or out. Browsers say where a request comes from, in <c>Sec-Fetch-Site</c> over https and on localhost, else in <c>Origin</c>. A request
/// with neither comes from no browser, and so from no page.
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

    // "same-site" is refused: another host of the domain is not this application. "none" is the visitor, not a page.
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
