using Microsoft.Extensions.Primitives;

namespace ServerSessions;

/// <summary>
/// Finds the session id in a request's cookies. If several cookies have the name, the first one with a valid signature is used: a sibling
/// domain can put a cookie in front of it, but cannot sign it.
/// </summary>
internal static class CookieSid
{
    // Browsers send one cookie, or two while a path or domain changes. Each costs a MAC for every secret.
    private const int MaxTried = 8;

    // A usual cookie value has less than 100 characters, and the stack is cleared each time.
    private const int LongestOnStack = 256;

    public static string? Find(RequestSession request)
    {
        var runtime = request.Runtime;
        var cookies = new CookieHeader(request.Context.Request.Headers.Cookie, runtime.Options.Cookie.Name);
        var most = runtime.Options.FirstCookieOnly ? 1 : MaxTried;
        string? sid = null;
        for (var tried = 0; tried < most && cookies.TryNext(out var value); tried++)
        {
            if (Unsign(runtime.Signer, value, out var isCurrent) is not { } found)
            {
                continue;
            }

            if (sid is null)
            {
                sid = found;
                request.CookieValue = isCurrent ? value : default;
            }
            else if (sid != found)
            {
                runtime.WarnAboutTwoSessions();
                break;
            }
        }

        return sid;
    }

    private static string? Unsign(CookieSigner signer, StringSegment value, out bool isCurrent)
    {
        Span<char> decoded = value.Length <= LongestOnStack ? stackalloc char[LongestOnStack] : new char[value.Length];
        return signer.Unsign(PercentEncoding.Decode(value, decoded), out isCurrent);
    }
}
