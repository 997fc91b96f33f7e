namespace ServerSessions;

/// <summary>
/// <c>AddUserSessions</c> cannot keep its promises with the stores of this application: one of them cannot compare and set, or there is no
/// store for the lists of users' sessions. Thrown when the application starts.
/// </summary>
public sealed class UserIndexStoreException : InvalidOperationException
{
    internal UserIndexStoreException(string backend, string trouble)
        : base($"AddUserSessions cannot be used with the session store ({backend}): {trouble}") => Backend = backend;

    /// <summary>The name of the backend: <see cref="ISessionStore.Backend"/> of the session store.</summary>
    public string Backend { get; }
}
