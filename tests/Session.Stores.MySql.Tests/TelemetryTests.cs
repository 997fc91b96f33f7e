using ServerSessions.Stores.Testing.Secrets;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class TelemetryTests() : DriverTelemetryTests("telemetry-test")
{
    protected override IAsyncDisposable NewStore(string secret) =>
        new MySqlSessionStore(
            new MySqlSessionStoreOptions
            {
                ConnectionString =
                    $"Server=127.0.0.1;Port=1;Database=app;User ID=app;Password={secret}-1;Persist Security Info=true;"
                    + "Application Name=telemetry-test",
            }
        );
}
