namespace ServerSessions.Stores;

/// <summary>
/// The options of a move between stores. <see cref="Mode"/> is read again when the configuration reloads, the others are not.
/// </summary>
public sealed class SessionMoveOptions
{
    /// <summary>
    /// Gets or sets the URL of the old store. Read by <c>AddStoreFromConfiguration</c> alone: a move is configured if it is set there.
    /// </summary>
    /// <value>Default <see langword="null"/>.</value>
    public string? From { get; set; }

    /// <summary>Gets or sets what happens to the sessions.</summary>
    /// <value>Default <see cref="SessionMoveMode.Stay"/>.</value>
    public SessionMoveMode Mode { get; set; }

    /// <summary>
    /// Gets or sets whether the application also carries the sessions that no request uses, in the background, while
    /// <see cref="Mode"/> carries.
    /// </summary>
    /// <value>Default <see langword="false"/>: only requests, or a call of <see cref="StoreMove.DrainAsync"/>, carry.</value>
    public bool Drain { get; set; }

    /// <summary>Gets or sets the most sessions that <see cref="Drain"/> carries in one second, in each instance.</summary>
    /// <value>1 to 100,000. Default 100.</value>
    public int SessionsPerSecond { get; set; } = 100;
}
