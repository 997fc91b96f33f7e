using ServerSessions.Stores.Testing.Secrets;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class TelemetryTests()
    : DriverTelemetryTests("db.npgsql.data_source=telemetry-test", "db.client.connection.pool.name=telemetry-test")
{
    protected override IAsyncDisposable NewStore(string secret) =>
        new PostgresSessionStore(
            new PostgresSessionStoreOptions
            {
                ConnectionString =
                    $"Host=127.0.0.1;Port=1;Username=app;Password={secret}-1;SSL Password={secret}-2;Persist Security Info=true;Options=-c "
                    + $"my.key={secret}-3;Application Name=telemetry-test",
            }
        );
}
