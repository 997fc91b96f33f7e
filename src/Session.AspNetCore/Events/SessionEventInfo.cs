namespace ServerSessions;

/// <summary>
/// What every event of a session has: when it happened, in which store, and to whom. Never an id, a key of the store or a value.
/// </summary>
public readonly struct SessionEventInfo
{
    private readonly string? _name;
    private readonly string? _backend;

    /// <summary>The instant at which the event was raised, by the application's <see cref="TimeProvider"/>.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The name under which the sessions are registered; empty for those of <c>AddServerSessions()</c>.</summary>
    public string Name
    {
        get => _name ?? "";
        init => _name = value;
    }

    /// <summary>The <see cref="ISessionStore.Backend"/> of the store.</summary>
    public string Backend
    {
        get => _backend ?? "";
        init => _backend = value;
    }

    /// <summary>
    /// The random name of the sign-in that the session belongs to; the same after each renewal. It opens no session.
    /// <see langword="null"/> if the session has no user, or if the user is not known at this point.
    /// </summary>
    public string? Handle { get; init; }

    /// <summary>
    /// The user that is signed in, as the application named her; <see langword="null"/> if there is none, or if the user is not known at
    /// this point. Personal data: write it to an audit log only.
    /// </summary>
    public string? Subject { get; init; }
}
