using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>A server that a test has for itself, and stores on it.</summary>
internal static class OwnServer
{
    public static async Task<OwnServer<TestDatabase>> StartAsync()
    {
        var server = await PostgresServer.StartAsync();
        return new OwnServer<TestDatabase>(server.Process, async () => new TestDatabase(await server.NewDatabaseAsync()));
    }

    public static SessionRecord Record(string value = "a") => TestDatabase.RecordWithoutExpiry(value);

    public static PostgresSessionStore Store(string connectionString, TimeSpan timeout) =>
        new(new PostgresSessionStoreOptions { ConnectionString = connectionString, OperationTimeout = timeout });
}
