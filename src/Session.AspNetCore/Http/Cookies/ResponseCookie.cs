using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerSessions;

/// <summary>
/// The session's cookie in the response, at most one. A struct in a field of its owner, to save an allocation per request.
/// </summary>
internal struct ResponseCookie
{
    private string? _sent;
    private bool _hasOther;

    /// <summary>Whether another server or the application has set a cookie of this name.</summary>
    public readonly bool HasOther => _hasOther;

    /// <summary>Whether the response has a cookie of this name.</summary>
    public readonly bool IsThere => _sent is not null || _hasOther;

    /// <summary>Whether the sent cookie is still in the headers. An error page may have cleared them.</summary>
    public readonly bool IsInHeaders(IHeaderDictionary headers)
    {
        foreach (var present in headers.SetCookie)
        {
            if (ReferenceEquals(present, _sent))
            {
                return present is not null;
            }
        }

        return false;
    }

    /// <summary>Adds the cookie, and replaces one that was added before, even if the headers have changed since.</summary>
    public void Send(IHeaderDictionary headers, string setCookie)
    {
        TakeBack(headers);
        _sent = setCookie;
        headers.Append(HeaderNames.SetCookie, setCookie);
    }

    /// <summary>
    /// Removes the session's cookie if the response has another one of its name. The other one comes from the application, or from a server
    /// behind this one that has just begun, renewed or ended the session. Without <paramref name="yields"/> both stay, and the other one is
    /// only noted for caches.
    /// </summary>
    public void YieldToOther(IHeaderDictionary headers, string name, bool yields)
    {
        foreach (var present in headers.SetCookie)
        {
            if (present is not null && !ReferenceEquals(present, _sent) && SetCookie.IsNamed(present, name))
            {
                _hasOther = true;
                if (yields)
                {
                    TakeBack(headers);
                    _sent = null;
                }

                return;
            }
        }
    }

    private readonly void TakeBack(IHeaderDictionary headers)
    {
        if (IsInHeaders(headers))
        {
            var sent = _sent;
            headers.SetCookie = Array.FindAll(headers.SetCookie.ToArray(), present => !ReferenceEquals(present, sent));
        }
    }
}
