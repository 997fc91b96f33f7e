namespace Demo;

/// <summary>
/// Adds security headers to each response. It sets them when the headers are sent, because an error page clears those set before.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(
            static state =>
            {
                var headers = ((HttpResponse)state).Headers;
                headers.ContentSecurityPolicy =
                    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
                    + "base-uri 'none'; frame-ancestors 'none'";
                headers.XContentTypeOptions = "nosniff";
                // Not "no-referrer": with it a form's Origin is "null" even on its own site.
                headers["Referrer-Policy"] = "same-origin";
                return Task.CompletedTask;
            },
            context.Response
        );
        return next(context);
    }
}
