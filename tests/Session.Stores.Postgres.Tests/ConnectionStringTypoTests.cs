using Microsoft.Extensions.Logging;
using ServerSessions.Stores.Testing.Secrets;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class ConnectionStringTypoTests(ITestOutputHelper output)
    : ConnectionStringTypoTests<PostgresSessionStore, PostgresSessionStoreOptions>(
        new PostgresSessionStoreProvider(),
        [
            "postgres://shop:{password}@127.0.0.1:1/app?sslmode=disable&application_name=web",
            "Host=127.0.0.1;Port=1;Username=shop;Password={password};Database=app;SSL Mode=Disable",
            "Server=127.0.0.1;Database=app;User Id=shop;Password={password};Port=1",
        ],
        output
    )
{
    protected override PostgresSessionStore NewStore(string connectionString, ILogger<PostgresSessionStore> logger)
    {
        var options = new PostgresSessionStoreOptions { ConnectionString = connectionString };
        BeImpatient(options);
        return new PostgresSessionStore(options, logger: logger);
    }

    protected override void BeImpatient(PostgresSessionStoreOptions options) => options.OperationTimeout = TimeSpan.FromMilliseconds(500);
}
