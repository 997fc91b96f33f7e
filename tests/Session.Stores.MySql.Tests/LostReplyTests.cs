using Dapper;
using MySqlConnector;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class LostReplyTests() : LostReplyTests<MySqlSessionStore>(StartAsync)
{
    private static async Task<LostReplyPlace<MySqlSessionStore>> StartAsync()
    {
        var server = await MariaDbServer.StartAsync();
        return new Place(server, await server.NewDatabaseAsync());
    }

    private sealed class Place(MariaDbServer server, MySqlDatabase database)
        : LostReplyPlace<MySqlSessionStore>(server.Process, database.ConnectionString)
    {
        public override async Task RefuseWritesAsync()
        {
            await using var other = new MySqlConnection(ConnectionString + ";Pooling=false");
            await other.ExecuteAsync("ALTER TABLE sessions CHANGE data gone mediumtext");
        }

        public override async Task<IAsyncDisposable> HoldTableAsync()
        {
            // Closing the connection unlocks the table.
            var other = new MySqlConnection(ConnectionString + ";Pooling=false");
            await other.OpenAsync();
            await other.ExecuteAsync("LOCK TABLES sessions WRITE");
            return other;
        }

        public override async Task<bool> IsHeldUpAsync() =>
            Convert.ToInt64(
                await server.ScalarAsync("SELECT count(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'"),
                System.Globalization.CultureInfo.InvariantCulture
            ) > 0;

        protected override MySqlSessionStore NewStore(string connectionString, TimeSpan timeout, TimeProvider clock) =>
            new(new MySqlSessionStoreOptions { ConnectionString = connectionString, OperationTimeout = timeout }, clock);

        public override async ValueTask DisposeAsync()
        {
            await database.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
