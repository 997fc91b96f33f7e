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

    private sealed class Place(MariaDbServer server, MySqlDatabase database) : LostReplyPlace<MySqlSessionStore>
    {
        private readonly FaultProxy _proxy = FaultProxy.Start(server.Process.Port);

        public override MySqlSessionStore NewStore(bool throughProxy, TimeProvider clock) =>
            new(
                new MySqlSessionStoreOptions
                {
                    ConnectionString = throughProxy
                        ? new MySqlConnectionStringBuilder(database.ConnectionString) { Port = (uint)_proxy.Port }.ConnectionString
                        : database.ConnectionString,
                    OperationTimeout = TimeSpan.FromSeconds(30),
                },
                clock
            );

        public override void LoseReplies() => _proxy.SwallowAnswers();

        public override void BreakConnections()
        {
            _proxy.Pass();
            _proxy.ResetConnections();
        }

        public override async Task RefuseWritesAsync()
        {
            await using var other = new MySqlConnection(database.ConnectionString + ";Pooling=false");
            await other.ExecuteAsync("ALTER TABLE sessions CHANGE data gone mediumtext");
        }

        public override async Task<IAsyncDisposable> HoldTableAsync()
        {
            // Closing the connection unlocks the table.
            var other = new MySqlConnection(database.ConnectionString + ";Pooling=false");
            await other.OpenAsync();
            await other.ExecuteAsync("LOCK TABLES sessions WRITE");
            return other;
        }

        public override async Task<bool> IsHeldUpAsync() =>
            Convert.ToInt64(
                await server.ScalarAsync("SELECT count(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'"),
                System.Globalization.CultureInfo.InvariantCulture
            ) > 0;

        public override async ValueTask DisposeAsync()
        {
            await _proxy.DisposeAsync();
            await database.DisposeAsync();
            await server.DisposeAsync();
        }
    }
}
