using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ServerSessions;

/// <summary>
/// The response before the application behind the middleware ran: its headers, and whether status-code pages add a body to errors.
/// </summary>
internal readonly struct ResponseSnapshot
{
    private readonly KeyValuePair<string, StringValues>[]? _headers;
    private readonly IStatusCodePagesFeature? _pages;

    private ResponseSnapshot(KeyValuePair<string, StringValues>[]? headers, IStatusCodePagesFeature? pages) =>
        (_headers, _pages) = (headers, pages);

    /// <summary>Whether status-code pages in front add a body to this response if it has none.</summary>
    public bool HasPages => _pages is { Enabled: true };

    public static ResponseSnapshot Of(HttpContext context)
    {
        KeyValuePair<string, StringValues>[]? kept = null;
        var headers = context.Response.Headers;
        if (headers.Count > 0)
        {
            kept = new KeyValuePair<string, StringValues>[headers.Count];
            headers.CopyTo(kept, 0);
        }

        return new ResponseSnapshot(kept, context.Features.Get<IStatusCodePagesFeature>());
    }

    /// <summary>Empties the response: removes what the application has added, and headers that describe a body that is not sent.</summary>
    public void Restore(HttpResponse response)
    {
        response.Clear();
        foreach (var (name, value) in _headers ?? [])
        {
            if (!DescribesBody(name))
            {
                response.Headers[name] = value;
            }
        }
    }

    private static bool DescribesBody(string name) =>
        (
            name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
            && !name.StartsWith("Content-Security-Policy", StringComparison.OrdinalIgnoreCase)
        )
        || name.Equals("ETag", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Last-Modified", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Expires", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Accept-Ranges", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);
}
