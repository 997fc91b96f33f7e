using Dapper;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class LostReplyTests() : LostReplyTests<PostgresSessionStore>(StartAsync)
{
    private static async Task<LostReplyPlace<PostgresSessionStore>> StartAsync() => new Place(await PostgresServer.StartAsync());

    private sealed class Place(PostgresServer server) : LostReplyPlace<PostgresSessionStore>
    {
        private readonly FaultProxy _proxy = FaultProxy.Start(server.Process.Port);

        public override PostgresSessionStore NewStore(bool throughProxy, TimeProvider clock) =>
            new(
                new PostgresSessionStoreOptions
                {
                    ConnectionString = throughProxy
                        ? new NpgsqlConnectionStringBuilder(server.ConnectionString) { Port = _proxy.Port }.ConnectionString
                        : server.ConnectionString,
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
            await using var other = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
            await other.ExecuteAsync("ALTER TABLE session ADD CONSTRAINT never CHECK (false) NOT VALID");
        }

        public override async Task<IAsyncDisposable> HoldTableAsync()
        {
            // Closing the connection ends its transaction.
            var other = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
            await other.OpenAsync();
            await other.ExecuteAsync("BEGIN; LOCK TABLE session IN EXCLUSIVE MODE");
            return other;
        }

        public override async Task<bool> IsHeldUpAsync() =>
            await server.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") is > 0L;

        public override async ValueTask DisposeAsync()
        {
            await _proxy.DisposeAsync();
            await server.DisposeAsync();
        }
    }
}
