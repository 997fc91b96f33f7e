namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>What the database tells the store.</summary>
/// <param name="Opened">The table was found or made.</param>
/// <param name="Retried">A connection had died, and the statement is tried once more on another.</param>
/// <param name="Reachable">The server was lost (<see langword="false"/>) or found again.</param>
internal sealed record PostgresEvents(Action<TableLayout> Opened, Action Retried, Action<bool> Reachable);
