using Dapper;
using Npgsql;
using ServerSessions.Conformance;
using ServerSessions.Conformance.FirstParty;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class ConformanceTests : FirstPartyConformance<PostgresHarness>
{
    protected override IReadOnlyDictionary<string, string> LeftOut { get; } = new Dictionary<string, string>
    {
        ["FilesAtRest"] = "The files are the server's.",
        ["ReadOnly"] = "An unreachable server stands for it: the faults of full and read-only servers have tests of their own.",
        ["Denied"] = "What a server refuses that no longer takes the login has tests of its own.",
    };
}

/// <summary>A table a space, in one database.</summary>
public sealed class PostgresHarness : ServerHarness<PostgresSessionStore>
{
    private PostgresDatabase? _place;
    private NpgsqlDataSource? _raw;
    private string _version = "";

    public override string Backend => $"PostgreSQL {_version}".TrimEnd();

    /// <summary>connect-pg-simple's <c>expire</c> has whole seconds, and its <c>sess</c> is JSON.</summary>
    public override HarnessSettings Settings { get; } = new()
    {
        CaseTimeLimit = TimeSpan.FromMinutes(3), Granularity = TimeSpan.FromSeconds(1), Fidelity = PayloadFidelity.Json, PruneInterval = TimeSpan.FromMinutes(15),
    };

    public override async ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken)
    {
        var shared = await TestContext.Current.GetFixture<SharedPostgres>() ?? Own(new SharedPostgres());
        if (await shared.WhyMissingAsync() is { } why)
        {
            return why;
        }

        _place = Own(await shared.NewPlaceAsync());
        _raw = Own(NpgsqlDataSource.Create(_place.ConnectionString));
        await using var connection = await _raw.OpenConnectionAsync(cancellationToken);
        _version = connection.PostgreSqlVersion.ToString();
        Serve(connection.Host!, connection.Port);
        return null;
    }

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(new PostgresSessionStore(
            new PostgresSessionStoreOptions
            {
                // Tests share one server and its 100 connections.
                ConnectionString = new NpgsqlConnectionStringBuilder(_place!.ConnectionString)
                {
                    Host = "127.0.0.1", Port = PortOf(request), MaxPoolSize = 8,
                }.ConnectionString,
                TableName = request.Space,
                DefaultLifetime = request.DefaultLifetime,
                OperationTimeout = TimeSpan.FromSeconds(30),
                PruneInterval = PruneIntervalOf(request),
            },
            request.Clock,
            Logger));

    public override async ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        await ExecuteAsync($"ALTER TABLE {request.Space} ALTER COLUMN sess DROP NOT NULL");
        return await ExecuteAsync($"UPDATE {request.Space} SET sess = NULL WHERE sid = @sid", sid) == 1;
    }

    public override async ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        await ExecuteAsync($"DELETE FROM {request.Space} WHERE sid = @sid", sid) == 1;

    public override async ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await _raw!.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<string>($"SELECT sid || ' ' || sess FROM {request.Space}")];
    }

    private async Task<int> ExecuteAsync(string sql, string? sid = null)
    {
        await using var connection = await _raw!.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, new { sid });
    }
}
