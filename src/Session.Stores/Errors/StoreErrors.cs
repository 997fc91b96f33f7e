namespace ServerSessions.Stores;

/// <summary>
/// Makes the exceptions of a store. A message has three parts: what was tried and where, what went wrong, and what to do. No part has a
/// session id, a payload or a password.
/// </summary>
/// <param name="backend">The <see cref="ISessionStore.Backend"/> of the store.</param>
/// <param name="place">Where sessions are kept, as it follows "in": <c>the folder '/var/sessions'</c>.</param>
public class StoreErrors(string backend, string place)
{
    /// <summary>Gets where sessions are kept.</summary>
    public string Place => place;

    /// <summary>Returns the exception for a call that fails again unless something is changed.</summary>
    /// <param name="operation">What was tried.</param>
    /// <param name="reason">What went wrong and what to do, in sentences; begins with a small letter.</param>
    /// <param name="isTransient">Whether the same call may succeed later.</param>
    /// <param name="cause">The cause; <see langword="null"/> if it may contain an id, a payload or a password.</param>
    /// <returns>The exception.</returns>
    public SessionStoreException Failed(
        SessionStoreOperation operation,
        string reason,
        bool isTransient = false,
        Exception? cause = null
    ) => new($"{Attempt(operation)}: {reason}", operation, backend, isTransient, cause);

    /// <summary>Returns the exception for a backend that cannot be reached, or did not reply in time.</summary>
    /// <param name="operation">What was tried.</param>
    /// <param name="reason">What went wrong and what to do, in sentences; begins with a small letter.</param>
    /// <param name="cause">The cause; <see langword="null"/> if it may contain an id, a payload or a password.</param>
    /// <returns>The exception.</returns>
    public SessionStoreUnavailableException Unavailable(SessionStoreOperation operation, string reason, Exception? cause = null) =>
        new($"{Attempt(operation)}: {reason}", operation, backend, cause);

    /// <summary>Returns the exception for a place that cannot hold sessions as it is.</summary>
    /// <param name="problem">What is wrong with it and what to do, in sentences; begins with a small letter.</param>
    /// <returns>The exception.</returns>
    public SessionStoreException Unusable(string problem) =>
        new($"Could not use {place}: {problem}", SessionStoreOperation.Open, backend, isTransient: false);

    /// <summary>Returns how a message begins: <c>Could not read a session from the folder '/var/sessions'</c>.</summary>
    /// <param name="operation">What was tried.</param>
    /// <returns>The text, without a full stop.</returns>
    public string Attempt(SessionStoreOperation operation)
    {
        var verb = operation switch
        {
            SessionStoreOperation.Get => "read a session from",
            SessionStoreOperation.Set or SessionStoreOperation.TrySet => "store a session in",
            SessionStoreOperation.Destroy => "destroy a session in",
            SessionStoreOperation.Touch => "touch a session in",
            SessionStoreOperation.All => "list the sessions of",
            SessionStoreOperation.Length => "count the sessions of",
            SessionStoreOperation.Clear => "clear the sessions of",
            SessionStoreOperation.Prune => "remove expired sessions from",
            _ => "open",
        };
        return $"Could not {verb} {place}";
    }

    /// <summary>Formats a timeout for a message, in any culture: <c>2.0 s</c>.</summary>
    /// <param name="timeout">The timeout.</param>
    /// <returns>The text, in seconds with one to three decimals.</returns>
    public static string Seconds(TimeSpan timeout) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{timeout.TotalSeconds:0.0##} s");
}
