using Dapper;
using Npgsql;
using ServerSessions.Conformance;
using ServerSessions.Conformance.FirstParty;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class ConformanceTests : FirstPartyConformance<PostgresHarness>
{
    protected override IReadOnlyDictionary<string, string> LeftOut { get; } =
        new Dictionary<string, string>
        {
            ["FilesAtRest"] = "The files are the server's.",
            ["ReadOnly"] = "An unreachable server stands for it: the faults of full and read-only servers have tests of their own.",
        };
}

/// <summary>A table a space, in one database.</summary>
public sealed class PostgresHarness : ServerHarness<PostgresSessionStore>
{
    private readonly Dictionary<string, (string Name, string ConnectionString)> _roles = new(StringComparer.Ordinal);
    private PostgresDatabase? _place;
    private NpgsqlDataSource? _raw;
    private string _version = "";

    public override string Backend => $"PostgreSQL {_version}".TrimEnd();

    /// <inheritdoc/>
    public override IReadOnlyList<StoreFault> Faults => [.. base.Faults, StoreFault.Denied];

    /// <summary>connect-pg-simple's <c>expire</c> has whole seconds, and its <c>sess</c> is JSON.</summary>
    public override HarnessSettings Settings { get; } =
        new()
        {
            CaseTimeLimit = TimeSpan.FromMinutes(3),
            Granularity = TimeSpan.FromSeconds(1),
            Fidelity = PayloadFidelity.Json,
            PruneInterval = TimeSpan.FromMinutes(15),
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

    public override async ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        var login = request.WillBreak ? (await RoleAsync(request)).ConnectionString : _place!.ConnectionString;
        return new PostgresSessionStore(
            new PostgresSessionStoreOptions
            {
                // Tests share one server and its 100 connections.
                ConnectionString = new NpgsqlConnectionStringBuilder(login)
                {
                    Host = "127.0.0.1",
                    Port = PortOf(request),
                    MaxPoolSize = 8,
                }.ConnectionString,
                TableName = request.Space,
                DefaultLifetime = request.DefaultLifetime,
                OperationTimeout = TimeSpan.FromSeconds(request.WillBreak ? 5 : 30),
                PruneInterval = PruneIntervalOf(request),
            },
            request.Clock,
            Logger
        );
    }

    /// <summary>The role may not log in any more, and its connections are ended.</summary>
    public override async ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        if (fault != StoreFault.Denied)
        {
            await base.BreakAsync(request, fault, cancellationToken);
            return;
        }

        var role = (await RoleAsync(request)).Name;
        await ExecuteAsync($"ALTER ROLE \"{role}\" NOLOGIN");
        await ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'");
    }

    public override async ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        await ExecuteAsync($"ALTER ROLE \"{(await RoleAsync(request)).Name}\" LOGIN");
        await base.MendAsync(request, cancellationToken);
    }

    public override async ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        await ExecuteAsync($"ALTER TABLE {request.Space} ALTER COLUMN sess DROP NOT NULL");
        return await ExecuteAsync($"UPDATE {request.Space} SET sess = NULL WHERE sid = @sid", sid) == 1;
    }

    public override async ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        await ExecuteAsync($"DELETE FROM {request.Space} WHERE sid = @sid", sid) == 1;

    public override async ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(
        StoreRequest request,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await _raw!.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<string>($"SELECT sid || ' ' || sess FROM {request.Space}")];
    }

    private async Task<(string Name, string ConnectionString)> RoleAsync(StoreRequest request)
    {
        if (!_roles.TryGetValue(request.Space, out var role))
        {
            role = _roles[request.Space] = await _place!.NewRoleAsync();
            await ExecuteAsync($"GRANT ALL ON SCHEMA public TO \"{role.Name}\"");
        }

        return role;
    }

    private async Task<int> ExecuteAsync(string sql, string? sid = null)
    {
        await using var connection = await _raw!.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, new { sid });
    }
}
