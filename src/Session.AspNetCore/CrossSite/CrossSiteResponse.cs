using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>The response to a request from another site that is refused.</summary>
internal static class CrossSiteResponse
{
    private static readonly Problem Refused = new(
        StatusCodes.Status403Forbidden,
        "Forbidden",
        "This request came from another site and was not carried out."
    );

    public static Task WriteAsync(HttpContext context, ResponseSnapshot front) => Refused.WriteAsync(context, front);
}
