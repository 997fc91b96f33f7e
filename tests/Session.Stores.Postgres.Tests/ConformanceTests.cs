using System.Data.Common;
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
public sealed class PostgresHarness : RelationalStoreHarness
{
    private readonly CollectingLogger<PostgresSessionStore> _logger = new();
    private readonly Dictionary<string, (string Name, string ConnectionString)> _roles = new(StringComparer.Ordinal);
    private PostgresDatabase? _place;

    public override string Backend => $"PostgreSQL {ServerVersion}".TrimEnd();

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
        return await base.WhyUnavailableAsync(cancellationToken);
    }

    public override IReadOnlyCollection<string> LoggedLines() => _logger.Lines;

    protected override string KeyColumn => "sid";

    protected override string PayloadColumn => "sess";

    protected override ValueTask<ServerAddress> FindServerAsync(CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(_place!.ConnectionString);
        return ValueTask.FromResult(new ServerAddress(settings.Host!, settings.Port));
    }

    protected override DbDataSource CreateDataSource(ServerAddress server) => NpgsqlDataSource.Create(_place!.ConnectionString);

    protected override async ValueTask<ISessionStore> OpenStoreAsync(
        StoreRequest request,
        ServerAddress server,
        CancellationToken cancellationToken
    )
    {
        var login = request.WillBreak ? (await RoleAsync(request)).ConnectionString : _place!.ConnectionString;
        return new PostgresSessionStore(
            new PostgresSessionStoreOptions
            {
                // Tests share one server and its 100 connections.
                ConnectionString = new NpgsqlConnectionStringBuilder(login)
                {
                    Host = server.Host,
                    Port = server.Port,
                    MaxPoolSize = 8,
                }.ConnectionString,
                TableName = request.Space,
                DefaultLifetime = request.DefaultLifetime,
                OperationTimeout = TimeSpan.FromSeconds(request.WillBreak ? 5 : 30),
                PruneInterval = request.PruneInterval(),
            },
            request.Clock,
            _logger
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
        return await base.PlantDamageAsync(request, sid, cancellationToken);
    }

    protected override string DamageStatement(StoreRequest request) => $"UPDATE {request.Space} SET sess = NULL WHERE sid = @sid";

    private async Task<(string Name, string ConnectionString)> RoleAsync(StoreRequest request)
    {
        if (!_roles.TryGetValue(request.Space, out var role))
        {
            role = _roles[request.Space] = await _place!.NewRoleAsync();
            await ExecuteAsync($"GRANT ALL ON SCHEMA public TO \"{role.Name}\"");
        }

        return role;
    }

    private ValueTask<int> ExecuteAsync(string sql) => ExecuteAsync(sql, sid: null, CancellationToken.None);
}
