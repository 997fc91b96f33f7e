using ServerSessions.Conformance;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>
/// A primary and a replica of the test's own, with a proxy between the two; the replica takes over when the test says so.
/// </summary>
internal abstract class ReplicatedServers : IAsyncDisposable
{
    /// <summary>The proxy by way of which the replica follows the primary.</summary>
    public abstract FaultProxy Link { get; }

    /// <summary>Starts a primary with a replica that follows it.</summary>
    /// <param name="backend">Of MongoDB there is a server for tests only, which has no replica.</param>
    /// <param name="waits">Whether PostgreSQL's primary acknowledges a write only when the standby has it; Redis has nothing like
    /// it.</param>
    public static async Task<ReplicatedServers> StartAsync(string backend, bool waits = false) =>
        backend == "redis" ? await ReplicatedRedis.StartAsync() : await ReplicatedPostgres.StartAsync(waits);

    /// <summary>Sessions on whichever of the two is the primary: both are named, the first primary first.</summary>
    public abstract StorePlace Place(TimeSpan timeout);

    /// <summary>Sessions on the server that was the replica at first, and on no other.</summary>
    public abstract StorePlace Second(TimeSpan timeout);

    /// <summary>Until the replica has all that was acknowledged so far.</summary>
    public abstract Task CatchUpAsync();

    /// <summary>The replica becomes a primary of its own. The first one is not told.</summary>
    public abstract Task PromoteAsync();

    /// <summary>
    /// The first primary takes no writes any more. On Redis it becomes a replica of the new one, and has then what that one has.
    /// </summary>
    public abstract Task DemoteAsync();

    /// <summary>The first primary ends.</summary>
    public abstract Task EndFirstAsync();

    /// <summary>
    /// The first primary stands still: its connections stay open and no response is sent, as where its machine has lost its power.
    /// </summary>
    public abstract void FreezeFirst();

    /// <summary>The replica receives nothing any more and cannot connect again.</summary>
    public void Part()
    {
        Link.Refuse();
        Link.ResetConnections();
    }

    public abstract ValueTask DisposeAsync();
}
