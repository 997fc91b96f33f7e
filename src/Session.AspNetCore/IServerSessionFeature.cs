using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// A request's session in <see cref="HttpContext.Features"/>. <c>UseServerSessions()</c> sets it. <c>GetServerSession()</c>, the other
/// methods of <see cref="HttpContext"/> and parameters of type <see cref="ServerSession"/> read it.
/// </summary>
/// <remarks>
/// An application, a middleware or a test may replace it, for example with one that wraps the original. Later middleware then uses the
/// replacement. The session middleware still saves the session that it created itself. A later version adds members only with default
/// implementations, so existing implementations keep working. Not safe for concurrent use, like the request itself.
/// </remarks>
public interface IServerSessionFeature
{
    /// <summary>
    /// The session. The first call creates one if the request came without. <see langword="null"/> if the request cannot have one: the
    /// session was destroyed or unset, the path is outside the cookie's, the endpoint or <see cref="ServerSessionOptions.CrossSite"/>
    /// excludes it, the store is disconnected, or the session cannot be read. With <see cref="ServerSessionOptions.CacheProtection"/> this
    /// call keeps the response out of shared caches.
    /// </summary>
    /// <exception cref="Exception">
    /// A function of the application failed: <see cref="ServerSessionOptions.GenerateSid"/> or
    /// <see cref="ServerSessionOptions.CookiePerRequest"/>.
    /// </exception>
    ServerSession? Session { get; }

    /// <summary>
    /// The session id of the request, also after the session was destroyed or unset. <see langword="null"/> if there has been no session.
    /// Creates no session. If there is an id, this call keeps the response out of shared caches, as <see cref="Session"/> does.
    /// </summary>
    string? SessionId { get; }

    /// <summary>
    /// The reason why <see cref="Session"/> is unavailable: the store failed, or a function of the application did. <see langword="null"/>
    /// if the session could be read, or if there was none to read. <c>GetServerSession()</c> throws
    /// <see cref="ServerSessionUnavailableException"/> with it as the inner exception.
    /// </summary>
    Exception? Failure { get; }

    /// <summary>
    /// Detaches the session from the request. Unsaved changes are dropped, and <see cref="ServerSessionOptions.Unset"/> decides whether the
    /// stored session is destroyed. <see cref="Session"/> is <see langword="null"/> afterwards. Does nothing if there is no session.
    /// </summary>
    void Unset();
}
