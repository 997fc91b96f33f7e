namespace ServerSessions.Stores.Relational;

/// <summary>The options that every relational store has.</summary>
/// <param name="DefaultLifetime">The lifetime of a session without an expiry; more than zero.</param>
/// <param name="OperationTimeout">
/// The longest time that one call waits in total: for a connection, for locks, for the reply, and for opening the table if needed.
/// </param>
/// <param name="Prune">When expired rows are removed.</param>
public sealed record RelationalStoreSettings(TimeSpan DefaultLifetime, TimeSpan OperationTimeout, PruneSchedule Prune);
