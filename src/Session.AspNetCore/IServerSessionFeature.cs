using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// A request's session, in <see cref="HttpContext.Features"/>. <c>UseServerSessions()</c> sets it. <c>GetServerSession()</c>, the other
/// methods of <see cref="HttpContext"/> and parameters of type
/// <see cref="ServerSession"/> read it.
/// </summary>
/// <remarks>
/// An application, a middleware or a test may replace it, with one that wraps the former for example: what comes after in the pipeline gets
/// the replacement. The middleware goes on to save the session that it has
/// made itself. A member that a later version adds has a default implementation, so that implementations of today keep working. Not safe
/// for concurrent use, like the request itself.
/// </remarks>
public interface IServerSessionFeature
{
    /// <summary>
    /// The session; a new one is made by the first call if the request came without. <see langword="null"/> if there is none and can be
    /// none: destroyed, unset, outside of the cookie's path, store
    /// disconnected, not readable. With <see cref="ServerSessionOptions.CacheProtection"/> this call keeps the response out of shared
    /// caches.
    /// </summary>
    /// <exception cref="Exception">A function of the application failed, <see cref="ServerSessionOptions.GenerateSid"/> or <see
    /// cref="ServerSessionOptions.CookiePerRequest"/>.</exception>
    ServerSession? Session { get; }

    /// <summary>
    /// The session id of the request, also after the session was destroyed or unset; <see langword="null"/> if there has been none. Makes
    /// no session. If there is an id, this call keeps the response
    /// out of shared caches, as <see cref="Session"/> does.
    /// </summary>
    string? SessionId { get; }

    /// <summary>
    /// Why <see cref="Session"/> is unavailable: the store failed, or a function of the application did. <see langword="null"/> if the
    /// session could be read, or there was none to read.
    /// <c>GetServerSession()</c> has it as the inner exception of <see cref="ServerSessionUnavailableException"/>.
    /// </summary>
    Exception? Failure { get; }

    /// <summary>
    /// Takes the session off the request: what was changed and is not saved is dropped, and the stored session stays or goes as <see
    /// cref="ServerSessionOptions.Unset"/> says. From then on
    /// <see cref="Session"/> is <see langword="null"/>. Does nothing if there is none.
    /// </summary>
    void Unset();
}
