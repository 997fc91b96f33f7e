using Dapper;
using Npgsql;
using Session.Conformance;
using Session.Conformance.FirstParty;
using Session.Testing;

namespace Session.Stores.Postgres.Tests;

public sealed class ConformanceTests : FirstPartyConformance<PostgresHarness>
{
    protected override IReadOnlyDictionary<string, string> LeftOut { get; } = new Dictionary<string, string>
    {
        ["FilesAtRest"] = "The files are the server's.",
        ["ReadOnly"] = "An unreachable server stands for it: the faults of full and read-only servers have tests of their own.",
    };
}

/// <summary>A table a space, in one database.</summary>
public sealed class PostgresHarness : SessionStoreHarness
{
    private readonly CollectingLogger<PostgresSessionStore> _logger = new();
    private SharedPostgres? _own;
    private PostgresDatabase? _place;
    private NpgsqlDataSource? _raw;
    private FaultProxies? _proxies;
    private string _version = "";

    public override string Backend => $"PostgreSQL {_version}".TrimEnd();

    /// <summary>connect-pg-simple's <c>expire</c> has whole seconds, and its <c>sess</c> is JSON.</summary>
    public override HarnessSettings Settings { get; } = new()
    {
        CaseTimeLimit = TimeSpan.FromMinutes(3), Granularity = TimeSpan.FromSeconds(1), Fidelity = PayloadFidelity.Json, PruneInterval = TimeSpan.FromMinutes(15),
    };

    public override IReadOnlyList<StoreFault> Faults => [StoreFault.Unavailable, StoreFault.Hang];

    public override async ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken)
    {
        var shared = await TestContext.Current.GetFixture<SharedPostgres>() ?? (_own = new SharedPostgres());
        if (await shared.WhyMissingAsync() is { } why)
        {
            return why;
        }

        _place = await shared.NewPlaceAsync();
        _raw = NpgsqlDataSource.Create(_place.ConnectionString);
        await using var connection = await _raw.OpenConnectionAsync(cancellationToken);
        _version = connection.PostgreSqlVersion.ToString();
        _proxies = new FaultProxies(connection.Host!, connection.Port);
        return null;
    }

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(new PostgresSessionStore(
            new PostgresSessionStoreOptions
            {
                // Tests share one server and its 100 connections.
                ConnectionString = new NpgsqlConnectionStringBuilder(_place!.ConnectionString)
                {
                    Host = "127.0.0.1", Port = _proxies![request.Space].Port, MaxPoolSize = 8,
                }.ConnectionString,
                TableName = request.Space,
                DefaultLifetime = request.DefaultLifetime,
                OperationTimeout = TimeSpan.FromSeconds(30),
                // Each wait of the store is varied between half and one and a half of it.
                PruneInterval = request.PrunesItself ? TimeSpan.FromMinutes(10) : Timeout.InfiniteTimeSpan,
            },
            request.Clock,
            _logger));

    public override async ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    public override async ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

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

    public override ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        _proxies!.Break(request.Space, hangs: fault == StoreFault.Hang);
        return ValueTask.CompletedTask;
    }

    public override ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        _proxies!.Mend(request.Space);
        return ValueTask.CompletedTask;
    }

    public override IReadOnlyCollection<string> LoggedLines() => _logger.Lines;

    public override async ValueTask DisposeAsync()
    {
        foreach (var disposable in new IAsyncDisposable?[] { _proxies, _raw, _place, _own })
        {
            await (disposable?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        await base.DisposeAsync();
    }

    private async Task<int> ExecuteAsync(string sql, string? sid = null)
    {
        await using var connection = await _raw!.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, new { sid });
    }
}
