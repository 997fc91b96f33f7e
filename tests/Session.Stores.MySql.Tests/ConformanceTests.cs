using System.Data.Common;
using Dapper;
using MySqlConnector;
using ServerSessions.Conformance;
using ServerSessions.Conformance.FirstParty;
using ServerSessions.Conformance.Xunit;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>As it is by default: in the table of express-mysql-session.</summary>
public sealed class ConformanceTests : FirstPartyConformance<MySqlHarness>
{
    protected override IReadOnlyDictionary<string, string> LeftOut { get; } =
        new Dictionary<string, string>
        {
            ["FilesAtRest"] = "The files are the server's.",
            ["ReadOnly"] = "An unreachable server stands for it: the faults of full and read-only servers have tests of their own.",
        };
}

/// <summary>In a table of the store's own form: without a waiver.</summary>
public sealed class BinaryConformanceTests : SessionStoreConformance<BinaryMySqlHarness>;

/// <summary>Every id of the contract, and milliseconds.</summary>
public sealed class BinaryMySqlHarness : MySqlHarness
{
    public override HarnessSettings Settings { get; } =
        new()
        {
            CaseTimeLimit = TimeSpan.FromMinutes(3),
            Fidelity = PayloadFidelity.Json,
            PruneInterval = TimeSpan.FromMinutes(15),
        };

    public override IReadOnlyList<Waiver> Waivers => [];

    protected override MySqlSessionFormat Format => MySqlSessionFormat.Binary;
}

/// <summary>A table a space, in one database.</summary>
public class MySqlHarness : RelationalStoreHarness
{
    private const string Narrow =
        "express-mysql-session's column of ids is varchar(128) and ignores blanks at the end, so such an id is refused. With Format=Binary "
        + "the case passes.";
    private const string Short =
        "express-mysql-session's column of expiries ends in the year 2106, so a later expiry is that one. With Format=Binary the case "
        + "passes.";

    private readonly CollectingLogger<MySqlSessionStore> _logger = new();
    private readonly Dictionary<string, (string Name, string ConnectionString)> _users = new(StringComparer.Ordinal);
    private MySqlDatabase? _place;

    public override string Backend => $"MySQL {ServerVersion}".TrimEnd();

    /// <inheritdoc/>
    public override IReadOnlyList<StoreFault> Faults => [.. base.Faults, StoreFault.Denied];

    /// <summary>express-mysql-session's <c>expires</c> has whole seconds, and its <c>data</c> is JSON.</summary>
    public override HarnessSettings Settings { get; } =
        new()
        {
            CaseTimeLimit = TimeSpan.FromMinutes(3),
            Granularity = TimeSpan.FromSeconds(1),
            Fidelity = PayloadFidelity.Json,
            PruneInterval = TimeSpan.FromMinutes(15),
        };

    protected virtual MySqlSessionFormat Format => MySqlSessionFormat.ExpressMySqlSession;

    public override async ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken)
    {
        var shared = await TestContext.Current.GetFixture<SharedMySql>() ?? Own(new SharedMySql());
        if (await shared.WhyMissingAsync() is { } why)
        {
            return why;
        }

        _place = Own(await shared.NewPlaceAsync());
        return await base.WhyUnavailableAsync(cancellationToken);
    }

    public override IReadOnlyCollection<string> LoggedLines() => _logger.Lines;

    protected override string KeyColumn => "session_id";

    protected override string PayloadColumn => "data";

    protected override ValueTask<ServerAddress> FindServerAsync(CancellationToken cancellationToken)
    {
        var settings = new MySqlConnectionStringBuilder(_place!.ConnectionString);
        return ValueTask.FromResult(new ServerAddress(settings.Server, (int)settings.Port));
    }

    protected override DbDataSource CreateDataSource(ServerAddress server) => new MySqlDataSource(_place!.ConnectionString);

    protected override async ValueTask<ISessionStore> OpenStoreAsync(
        StoreRequest request,
        ServerAddress server,
        CancellationToken cancellationToken
    )
    {
        var login = request.WillBreak ? (await UserAsync(request)).ConnectionString : _place!.ConnectionString;
        return new MySqlSessionStore(
            new MySqlSessionStoreOptions
            {
                // Tests share one server and its connections.
                ConnectionString = new MySqlConnectionStringBuilder(login)
                {
                    Server = server.Host,
                    Port = (uint)server.Port,
                    MaximumPoolSize = 8,
                }.ConnectionString,
                TableName = request.Space,
                Format = Format,
                DefaultLifetime = request.DefaultLifetime,
                OperationTimeout = TimeSpan.FromSeconds(request.WillBreak ? 5 : 30),
                PruneInterval = request.PruneInterval(),
            },
            request.Clock,
            _logger
        );
    }

    /// <summary>The user may not log in any more, and its connections are ended.</summary>
    public override async ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        if (fault != StoreFault.Denied)
        {
            await base.BreakAsync(request, fault, cancellationToken);
            return;
        }

        var user = (await UserAsync(request)).Name;
        await ExecuteAsync($"ALTER USER '{user}'@'%' ACCOUNT LOCK");
        await using var connection = await OpenConnectionAsync(cancellationToken);
        const string Open = "SELECT id FROM information_schema.processlist WHERE user = @user";
        foreach (var id in await connection.QueryAsync<ulong>(Open, new { user }))
        {
            await connection.ExecuteAsync($"KILL {id}");
        }
    }

    public override async ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        await ExecuteAsync($"ALTER USER '{(await UserAsync(request)).Name}'@'%' ACCOUNT UNLOCK");
        await base.MendAsync(request, cancellationToken);
    }

    public override async ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        if (Format == MySqlSessionFormat.Binary)
        {
            await ExecuteAsync($"ALTER TABLE {request.Space} MODIFY data longblob NULL");
        }

        return await base.PlantDamageAsync(request, sid, cancellationToken);
    }

    protected override string DamageStatement(StoreRequest request) => $"UPDATE {request.Space} SET data = NULL WHERE session_id = @sid";

    /// <inheritdoc/>
    public override IReadOnlyList<Waiver> Waivers => [new("IDS-04", Narrow), new("IDS-05", Narrow), new("EXP-10", Short)];

    private async Task<(string Name, string ConnectionString)> UserAsync(StoreRequest request)
    {
        if (!_users.TryGetValue(request.Space, out var user))
        {
            user = _users[request.Space] = await _place!.NewUserAsync();
            await ExecuteAsync($"GRANT ALL ON `{_place.Name}`.* TO '{user.Name}'@'%'");
        }

        return user;
    }

    private ValueTask<int> ExecuteAsync(string sql) => ExecuteAsync(sql, sid: null, CancellationToken.None);
}
