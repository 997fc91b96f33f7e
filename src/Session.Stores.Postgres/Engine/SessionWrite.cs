namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>A conditional write.</summary>
/// <param name="Sid">The session id.</param>
/// <param name="Expires">The new expiry, from <see cref="PostgresInstant"/>.</param>
/// <param name="Payload">The new payload.</param>
/// <param name="Now">The current time, which decides whether the stored row is alive.</param>
internal readonly record struct SessionWrite(string Sid, long Expires, ReadOnlyMemory<byte> Payload, long Now);
