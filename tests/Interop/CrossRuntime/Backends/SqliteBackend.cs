using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>connect-sqlite3: a row of the table sessions, its end as milliseconds in a floating-point number.</summary>
internal sealed class SqliteBackend : Backend
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-cross-");

    public override string Kind => "sqlite";

    public override object NodePlace => new { path = Database };

    public override TimeSpan DefaultLifetime => TimeSpan.FromDays(1);

    public override bool NodeTouchesWithoutLifetime => false;

    public override string Url => "sqlite:" + Database;

    private string Database => Path.Combine(_folder.FullName, "sessions.db");

    public override ISessionStore NewStore(TimeProvider clock) =>
        new SqliteSessionStore(Configured(new SqliteSessionStoreOptions()), clock);

    public override void AddTo(IServerSessionBuilder builder) => builder.AddSqliteStore(options => Configured(options));

    public override async Task<RawRecord?> DumpAsync(string sid, DateTimeOffset at, long mark)
    {
        await using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        const string Question =
            "SELECT typeof(sid) AS SidType, typeof(expired) AS ExpiredType, typeof(sess) AS SessType, sess AS Sess, expired AS Expired "
            + "FROM sessions WHERE sid = @sid";
        if (await connection.QuerySingleOrDefaultAsync<Row>(Question, new { sid }) is not { } row)
        {
            return null;
        }

        var (cookie, values) = JsonMembers.Of(row.Sess);
        return new RawRecord(
            new SortedDictionary<string, string>
            {
                ["sid"] = row.SidType,
                ["expired"] = row.ExpiredType,
                ["sess"] = row.SessType,
            },
            cookie,
            values,
            JsonSerializer.Serialize(
                new
                {
                    sid,
                    expired = row.Expired,
                    sess = row.Sess,
                },
                GoldenJson.Options
            ),
            Instant.At(DateTimeOffset.FromUnixTimeMilliseconds((long)row.Expired))
        );
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private SqliteSessionStoreOptions Configured(SqliteSessionStoreOptions options)
    {
        (options.ConnectionString, options.OperationTimeout, options.PruneInterval) = (Database, Patience, Timeout.InfiniteTimeSpan);
        return options;
    }

    private sealed record Row(string SidType, string ExpiredType, string SessType, string Sess, double Expired);
}
