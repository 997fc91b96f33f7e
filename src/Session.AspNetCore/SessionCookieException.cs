namespace ServerSessions;

/// <summary>
/// The cookie of a session has attributes with which browsers drop it, so the visitor would be signed in on the server and not in the
/// browser. The message says which rule is broken. Thrown before anything is stored; see
/// <see cref="ServerSessionOptions.EnforceCookieRules"/>.
/// </summary>
public sealed class SessionCookieException : InvalidOperationException
{
    /// <summary>Makes one without a message of its own.</summary>
    public SessionCookieException() { }

    /// <summary>Makes one.</summary>
    /// <param name="message">Which rule is broken, and how to keep it.</param>
    public SessionCookieException(string message)
        : base(message) { }

    /// <summary>Makes one with a cause.</summary>
    /// <param name="message">Which rule is broken, and how to keep it.</param>
    /// <param name="innerException">The cause.</param>
    public SessionCookieException(string message, Exception? innerException)
        : base(message, innerException) { }
}
