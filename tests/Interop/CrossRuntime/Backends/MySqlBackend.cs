using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using ServerSessions.Stores.MySql;
using ServerSessions.Testing;

namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>express-mysql-session: a row of the table "sessions", its end in whole seconds since 1970.</summary>
internal sealed class MySqlBackend(MySqlDatabase place) : Backend
{
    private const string Question = """
        SELECT session_id AS Sid, expires AS Expires, data AS Data,
            (SELECT group_concat(concat(column_name, ' ', column_type, ' ', coalesce(collation_name, '')) ORDER BY ordinal_position)
             FROM information_schema.columns WHERE table_schema = database() AND table_name = 'sessions') AS Types
        FROM sessions WHERE session_id = @sid
        """;

    public override string Kind => "mysql";

    public override object NodePlace => new { url = place.Url };

    public override TimeSpan DefaultLifetime => TimeSpan.FromDays(1);

    public override string Url => place.Url;

    public override ISessionStore NewStore(TimeProvider clock) =>
        new MySqlSessionStore(Configured(new MySqlSessionStoreOptions()), clock);

    public override void AddTo(IServerSessionBuilder builder) => builder.AddMySqlStore(options => Configured(options));

    public override async Task<RawRecord?> DumpAsync(string sid, DateTimeOffset at, long mark)
    {
        await using var connection = new MySqlConnection(place.ConnectionString);
        if (await connection.QuerySingleOrDefaultAsync<Row>(Question, new { sid }) is not { } row)
        {
            return null;
        }

        var (cookie, values) = JsonMembers.Of(row.Data);
        return new RawRecord(
            new SortedDictionary<string, string> { ["columns"] = row.Types },
            cookie,
            values,
            JsonSerializer.Serialize(
                new
                {
                    session_id = row.Sid,
                    expires = row.Expires,
                    data = row.Data,
                },
                GoldenJson.Options
            ),
            Instant.At(DateTimeOffset.FromUnixTimeSeconds(row.Expires))
        );
    }

    /// <summary>To the nearest second, which may be earlier than the cookie's.</summary>
    public override DateTimeOffset StoredByNode(DateTimeOffset ends, DateTimeOffset at) =>
        DateTimeOffset.FromUnixTimeSeconds((long)Math.Floor((ends - DateTimeOffset.UnixEpoch).TotalSeconds + 0.5));

    public override DateTimeOffset StoredByUs(DateTimeOffset ends) => SecondAfter(ends);

    public override ValueTask DisposeAsync() => place.DisposeAsync();

    private MySqlSessionStoreOptions Configured(MySqlSessionStoreOptions options)
    {
        (options.ConnectionString, options.OperationTimeout, options.PruneInterval) = (
            place.ConnectionString,
            Patience,
            Timeout.InfiniteTimeSpan
        );
        return options;
    }

    private sealed record Row(string Sid, uint Expires, string Data, string Types);
}
