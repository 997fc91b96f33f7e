using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerSessions;

/// <summary>
/// The session's cookie in the response: one at most. A struct, so that it is no object more for each request; its owner keeps it in a
/// field.
/// </summary>
internal struct ResponseCookie(HttpContext context, string name)
{
    private string? _sent;
    private bool _hasOther;

    /// <summary>Whether one of ours has been sent and has not made way.</summary>
    public readonly bool IsSent => _sent is not null;

    /// <summary>Whether there is one of another server, or of the application itself.</summary>
    public readonly bool HasOther => _hasOther;

    /// <summary>Whether there is one, of ours or of another server.</summary>
    public readonly bool IsThere => IsSent || _hasOther;

    /// <summary>Whether the one that was sent is still among the headers; an error page may have cleared them.</summary>
    public readonly bool IsInHeaders()
    {
        foreach (var present in context.Response.Headers.SetCookie)
        {
            if (ReferenceEquals(present, _sent))
            {
                return present is not null;
            }
        }

        return false;
    }

    /// <summary>Adds one, whatever changed between the first byte and the headers: one of ours that is there already makes way.</summary>
    public void Send(string setCookie)
    {
        TakeBack();
        _sent = setCookie;
        context.Response.Headers.Append(HeaderNames.SetCookie, setCookie);
    }

    /// <summary>
    /// A cookie of the session's name that did not come from here stays, and ours goes: it is from another server behind this one, which
    /// has just begun, renewed or ended the session, or from the application itself. Without <paramref name="yields"/> both stay, and it is
    /// only noted for caches.
    /// </summary>
    public void YieldToOther(bool yields)
    {
        foreach (var present in context.Response.Headers.SetCookie)
        {
            if (present is not null && !ReferenceEquals(present, _sent) && SetCookie.IsNamed(present, name))
            {
                _hasOther = true;
                if (yields)
                {
                    TakeBack();
                    _sent = null;
                }

                return;
            }
        }
    }

    private readonly void TakeBack()
    {
        if (IsInHeaders())
        {
            var headers = context.Response.Headers;
            var sent = _sent;
            headers.SetCookie = Array.FindAll(headers.SetCookie.ToArray(), present => !ReferenceEquals(present, sent));
        }
    }
}
