namespace ServerSessions;

/// <summary>The options of a health check of sessions.</summary>
public sealed class ServerSessionHealthOptions
{
    /// <summary>Gets or sets how long a probe may take until the status is degraded.</summary>
    /// <value>More than zero. The default is 500 milliseconds: a quarter of the timeout of the stores.</value>
    public TimeSpan SlowAfter { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Gets or sets whether each probe also stores a record, reads it and removes it. It finds a full disk and a server that can only be
    /// read. The record has an id that no session has, and lives for 10 seconds.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool WriteProbe { get; set; }
}
