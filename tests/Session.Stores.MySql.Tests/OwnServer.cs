using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>A server that a test has for itself, and stores on it.</summary>
internal static class OwnServer
{
    public static async Task<OwnServer<TestDatabase>> StartAsync()
    {
        var server = await MariaDbServer.StartAsync();
        return new OwnServer<TestDatabase>(server.Process, async () => new TestDatabase(await server.NewDatabaseAsync()));
    }

    public static SessionRecord Record(string value = "a") => TestDatabase.RecordWithoutExpiry(value);

    public static MySqlSessionStore Store(string connectionString, TimeSpan timeout) =>
        new(new MySqlSessionStoreOptions { ConnectionString = connectionString, OperationTimeout = timeout });
}
