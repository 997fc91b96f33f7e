namespace Demo;

/// <summary>What every response says to browsers. Set when the headers go out, because an error page clears what was set before.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(
            static state =>
            {
                var headers = ((HttpResponse)state).Headers;
                headers.ContentSecurityPolicy =
                    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
                headers.XContentTypeOptions = "nosniff";
                // Not "no-referrer": with it a form's Origin is "null" also on its own site.
                headers["Referrer-Policy"] = "same-origin";
                return Task.CompletedTask;
            },
            context.Response
        );
        return next(context);
    }
}
