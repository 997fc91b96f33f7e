using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Testing;

namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>connect-pg-simple: a row of the table "session".</summary>
internal sealed class PostgresBackend(PostgresDatabase place) : Backend
{
    private const string Question = """
        SELECT pg_typeof(sid)::text AS "SidType", pg_typeof(sess)::text AS "SessType", pg_typeof(expire)::text AS "ExpireType",
            sess::text AS "Sess", expire::text AS "Expire",
            (extract(epoch FROM expire AT TIME ZONE current_setting('TimeZone')) * 1000)::bigint AS "Milliseconds",
            (expire AT TIME ZONE current_setting('TimeZone') AT TIME ZONE 'UTC')::text AS "Utc"
        FROM session WHERE sid = @sid
        """;

    public override string Kind => "postgres";

    public override object NodePlace => new { url = place.Url };

    public override TimeSpan DefaultLifetime => TimeSpan.FromDays(1);

    public override string Url => place.Url;

    public override ISessionStore NewStore(TimeProvider clock) =>
        new PostgresSessionStore(Configured(new PostgresSessionStoreOptions()), clock);

    public override void AddTo(IServerSessionBuilder builder) => builder.AddPostgresStore(options => Configured(options));

    public override async Task<RawRecord?> DumpAsync(string sid, DateTimeOffset at, long mark)
    {
        await using var connection = new NpgsqlConnection(place.ConnectionString);
        if (await connection.QuerySingleOrDefaultAsync<Row>(Question, new { sid }) is not { } row)
        {
            return null;
        }

        var (cookie, values) = JsonMembers.Of(row.Sess);
        return new RawRecord(
            new SortedDictionary<string, string>
            {
                ["sid"] = row.SidType,
                ["sess"] = row.SessType,
                ["expire"] = row.ExpireType,
            },
            cookie,
            values,
            JsonSerializer.Serialize(
                new
                {
                    sid,
                    sess = row.Sess,
                    expireInUtc = row.Utc,
                },
                GoldenJson.Options
            ),
            Instant.At(DateTimeOffset.FromUnixTimeMilliseconds(row.Milliseconds))
        );
    }

    public override DateTimeOffset StoredByNode(DateTimeOffset ends, DateTimeOffset at) => SecondAfter(ends);

    public override DateTimeOffset StoredByUs(DateTimeOffset ends) => SecondAfter(ends);

    public override ValueTask DisposeAsync() => place.DisposeAsync();

    private PostgresSessionStoreOptions Configured(PostgresSessionStoreOptions options)
    {
        (options.ConnectionString, options.OperationTimeout, options.PruneInterval) = (
            place.ConnectionString,
            Patience,
            Timeout.InfiniteTimeSpan
        );
        return options;
    }

    private sealed record Row(
        string SidType,
        string SessType,
        string ExpireType,
        string Sess,
        string Expire,
        long Milliseconds,
        string Utc
    );
}
