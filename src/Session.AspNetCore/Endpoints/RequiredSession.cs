using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerSessions;

/// <summary>The response to a request without a session whose endpoint requires one.</summary>
internal sealed class RequiredSession(ServerSessionOptions options)
{
    private const string Detail = "This request needs a session, and it has none: it came without one, or its session has ended.";

    // A response with 401 must have a challenge (RFC 9110, section 15.5.2). The scheme is that of the draft about sign-ins by cookie.
    private readonly Problem _missing = options.WhenMissing switch
    {
        SessionMissing.Unauthorized => new(StatusCodes.Status401Unauthorized, "Unauthorized", Detail)
        {
            Header = new(HeaderNames.WWWAuthenticate, "Cookie"),
        },
        SessionMissing.Forbidden => new(StatusCodes.Status403Forbidden, "Forbidden", Detail),
        var status => new((int)status, "Login Timeout", Detail),
    };

    /// <summary>Sends the response, if the request has no session that is stored.</summary>
    /// <returns>Whether the response was sent.</returns>
    public async ValueTask<bool> RespondIfMissingAsync(RequestSession request, ResponseSnapshot front)
    {
        if (request.Live is { AtRest: not null })
        {
            return false;
        }

        if (request.Absence is SessionAbsence.Unavailable or SessionAbsence.Disconnected)
        {
            // It is unknown whether there is one.
            await FailureResponse.WriteAsync(request.Context, front, request.Failures.Load);
        }
        else
        {
            await _missing.WriteAsync(request.Context, front);
        }

        return true;
    }
}
