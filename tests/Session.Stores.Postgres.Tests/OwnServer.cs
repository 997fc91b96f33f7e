using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>A store on a server that a test has for itself, directly or through a proxy.</summary>
internal static class OwnServer
{
    public static SessionRecord Record(string value = "a") => new(TestDatabase.Payload(value), null);

    public static string Through(FaultProxy proxy, PostgresServer server) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Port = proxy.Port }.ConnectionString;

    public static PostgresSessionStore Store(string connectionString, TimeSpan timeout) =>
        new(new PostgresSessionStoreOptions { ConnectionString = connectionString, OperationTimeout = timeout });
}
