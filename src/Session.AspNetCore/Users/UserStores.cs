namespace ServerSessions;

/// <summary>The stores and options of users' sessions, which reloaded secrets do not change.</summary>
internal sealed class UserStores(
    string name,
    UserSessionOptions options,
    ISessionStore sessions,
    ISessionStore index
)
{
    /// <summary>The name of the store that a backend is asked for.</summary>
    public const string SiblingName = "users";

    public UserSessionOptions Options => options;

    /// <summary>The session store.</summary>
    public ISessionStore Sessions => sessions;

    /// <summary>The lifetime of a session without an expiry; <see langword="null"/> if the store does not tell.</summary>
    public TimeSpan? DefaultLifetime => sessions.DefaultLifetime;

    /// <summary>The store of the lists.</summary>
    public ISessionStore Index => index;

    public UserIndexKeys Keys { get; } = new(name, options.IndexKey);
}
