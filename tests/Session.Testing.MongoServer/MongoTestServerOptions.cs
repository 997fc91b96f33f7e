namespace ServerSessions.Testing.MongoServer;

/// <summary>How a <see cref="MongoTestServer"/> presents itself.</summary>
public sealed class MongoTestServerOptions
{
    /// <summary>What tells the time, for the TTL monitor and <c>$currentDate</c>. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// The name of the replica set of which this is the only member, so that drivers send retryable writes. Default <see langword="null"/>:
    /// a standalone.
    /// </summary>
    public string? ReplicaSet { get; set; }

    /// <summary>The port on 127.0.0.1. Default 0: a free one.</summary>
    public int Port { get; set; }

    /// <summary>
    /// How often documents are removed whose TTL index says so. Default 60 seconds, as mongod; <see cref="Timeout.InfiniteTimeSpan"/>:
    /// never.
    /// </summary>
    public TimeSpan TtlInterval { get; set; } = TimeSpan.FromSeconds(60);
}
