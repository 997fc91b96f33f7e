namespace ServerSessions;

/// <summary>
/// The cookie of a session has attributes with which browsers drop it. The user would be signed in on the server and not in the browser.
/// The message gives the broken rule. Thrown before anything is stored; see <see cref="ServerSessionOptions.EnforceCookieRules"/>.
/// </summary>
public sealed class SessionCookieException : InvalidOperationException
{
    /// <summary>Initializes a new instance of the <see cref="SessionCookieException"/> class with the default message.</summary>
    public SessionCookieException() { }

    /// <summary>Initializes a new instance of the <see cref="SessionCookieException"/> class with a message.</summary>
    /// <param name="message">The broken rule, and how to comply with it.</param>
    public SessionCookieException(string message)
        : base(message) { }

    /// <summary>Initializes a new instance of the <see cref="SessionCookieException"/> class with a message and a cause.</summary>
    /// <param name="message">The broken rule, and how to comply with it.</param>
    /// <param name="innerException">The cause.</param>
    public SessionCookieException(string message, Exception? innerException)
        : base(message, innerException) { }
}
