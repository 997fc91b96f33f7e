using Microsoft.Extensions.Primitives;

namespace ServerSessions;

/// <summary>
/// The session id that a request's cookies carry. Of several cookies of the name the first with a right signature counts: a sibling domain
/// can put one in front of it, but cannot sign it.
/// </summary>
internal static class CookieSid
{
    // Browsers send one, or two while a path or domain changes. Each costs a MAC for every secret.
    private const int MaxTried = 8;

    // The value of a usual cookie has less than a hundred characters; the stack is cleared each time.
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
