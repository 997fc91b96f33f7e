using Npgsql;

namespace ServerSessions.Trust.Tests.Prune;

/// <summary>What PostgreSQL counts of deadlocks, also of those that a store has tried again after.</summary>
internal static class Deadlocks
{
    /// <summary>How many the server has had to break in a database whose stores are closed: its processes say so as they end.</summary>
    public static async Task<long> OfAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        while (
            await AskAsync(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type "
                    + "= 'client backend'"
            ) > 0
        )
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        return await AskAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");

        async Task<long> AskAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }
}
