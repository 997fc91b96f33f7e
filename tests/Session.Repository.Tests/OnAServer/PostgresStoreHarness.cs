using System.Data.Common;
using Npgsql;
using ServerSessions;
using ServerSessions.Conformance;
using ServerSessions.Stores.Postgres;
using Testcontainers.PostgreSql;

namespace CustomStore.OnAServer;

public class PostgresStoreHarness : RelationalStoreHarness
{
    private static readonly HarnessServer Container = new(async cancellationToken =>
    {
        var postgres = new PostgreSqlBuilder("postgres:17").WithPassword("tests-only").Build();
        await postgres.StartAsync(cancellationToken);
        return (new ServerAddress(postgres.Hostname, postgres.GetMappedPublicPort(5432)), postgres);
    });

    public override HarnessSettings Settings { get; } =
        new() { Granularity = TimeSpan.FromSeconds(1), Fidelity = PayloadFidelity.Json };

    protected override string KeyColumn => "sid";

    protected override string PayloadColumn => "sess";

    protected override ValueTask<ServerAddress> FindServerAsync(CancellationToken cancellationToken) =>
        Container.StartAsync(cancellationToken);

    protected override DbDataSource CreateDataSource(ServerAddress server) => NpgsqlDataSource.Create(ConnectionString(server));

    protected override ValueTask<ISessionStore> OpenStoreAsync(
        StoreRequest request, ServerAddress server, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(new PostgresSessionStore(
            new PostgresSessionStoreOptions
            {
                ConnectionString = ConnectionString(server),
                TableName = request.Space,
                DefaultLifetime = request.DefaultLifetime,
                OperationTimeout = TimeSpan.FromSeconds(request.WillBreak ? 2 : 30),
                PruneInterval = Timeout.InfiniteTimeSpan,
            },
            request.Clock));

    private static string ConnectionString(ServerAddress server) =>
        $"Host={server.Host};Port={server.Port};Username=postgres;Password=tests-only;Maximum Pool Size=8";
}
