using Dapper;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class LostReplyTests() : LostReplyTests<PostgresSessionStore>(StartAsync)
{
    private static async Task<LostReplyPlace<PostgresSessionStore>> StartAsync() => new Place(await PostgresServer.StartAsync());

    private sealed class Place(PostgresServer server)
        : LostReplyPlace<PostgresSessionStore>(server.Process, server.ConnectionString)
    {
        public override async Task RefuseWritesAsync()
        {
            await using var other = new NpgsqlConnection(ConnectionString + ";Pooling=false");
            await other.ExecuteAsync("ALTER TABLE session ADD CONSTRAINT never CHECK (false) NOT VALID");
        }

        public override async Task<IAsyncDisposable> HoldTableAsync()
        {
            // Closing the connection ends its transaction.
            var other = new NpgsqlConnection(ConnectionString + ";Pooling=false");
            await other.OpenAsync();
            await other.ExecuteAsync("BEGIN; LOCK TABLE session IN EXCLUSIVE MODE");
            return other;
        }

        public override async Task<bool> IsHeldUpAsync() =>
            await server.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") is > 0L;

        protected override PostgresSessionStore NewStore(string connectionString, TimeSpan timeout, TimeProvider clock) =>
            new(new PostgresSessionStoreOptions { ConnectionString = connectionString, OperationTimeout = timeout }, clock);
    }
}
