namespace ServerSessions.Stores.Relational;

/// <summary>The arguments of a write to a table of sessions, in the units of its columns.</summary>
/// <param name="Sid">The session id.</param>
/// <param name="Expires">The new expiry: <see cref="RelationalTable.ExpiryAtRest"/>.</param>
/// <param name="Payload">The new payload.</param>
/// <param name="Now">The current time: <see cref="RelationalTable.NowAtRest"/>.</param>
public readonly record struct RelationalWrite(string Sid, long Expires, ReadOnlyMemory<byte> Payload, long Now);
