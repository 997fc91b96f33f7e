namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>A conditional write.</summary>
/// <param name="Sid">The session id.</param>
/// <param name="Expires">The new expiry, as <see cref="PostgresInstant"/> has it.</param>
/// <param name="Payload">The new payload.</param>
/// <param name="Now">The present, for whether what is at rest is alive.</param>
internal readonly record struct SessionWrite(string Sid, long Expires, ReadOnlyMemory<byte> Payload, long Now);
