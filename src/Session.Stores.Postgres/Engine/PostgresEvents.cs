namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>Callbacks from the database to the store.</summary>
/// <param name="Opened">Called when the table was found or created.</param>
/// <param name="Retried">Called before a statement is sent once more, after its connection broke.</param>
/// <param name="Reachable">Called when the server is lost (<see langword="false"/>) or found.</param>
internal sealed record PostgresEvents(Action<TableLayout> Opened, Action Retried, Action<bool> Reachable);
