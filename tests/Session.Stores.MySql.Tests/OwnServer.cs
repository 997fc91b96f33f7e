using MySqlConnector;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>A store on a server that a test has for itself, directly or through a proxy.</summary>
internal static class OwnServer
{
    public static SessionRecord Record(string value = "a") => new(TestDatabase.Payload(value), null);

    public static string Through(FaultProxy proxy, string connectionString) =>
        new MySqlConnectionStringBuilder(connectionString) { Port = (uint)proxy.Port }.ConnectionString;

    public static MySqlSessionStore Store(string connectionString, TimeSpan timeout) =>
        new(new MySqlSessionStoreOptions { ConnectionString = connectionString, OperationTimeout = timeout });
}
