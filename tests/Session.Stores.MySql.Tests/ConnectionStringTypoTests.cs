using Microsoft.Extensions.Logging;
using ServerSessions.Stores.Testing.Secrets;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class ConnectionStringTypoTests(ITestOutputHelper output)
    : ConnectionStringTypoTests<MySqlSessionStore, MySqlSessionStoreOptions>(
        new MySqlSessionStoreProvider(),
        [
            "mysql://shop:{password}@127.0.0.1:1/app?sslmode=disabled",
            "Server=127.0.0.1;Port=1;User ID=shop;Password={password};Database=app;SSL Mode=None",
            "Host=127.0.0.1;Database=app;Uid=shop;Pwd={password};Port=1",
        ],
        output
    )
{
    protected override MySqlSessionStore NewStore(string connectionString, ILogger<MySqlSessionStore> logger)
    {
        var options = new MySqlSessionStoreOptions { ConnectionString = connectionString };
        BeImpatient(options);
        return new MySqlSessionStore(options, logger: logger);
    }

    protected override void BeImpatient(MySqlSessionStoreOptions options) => options.OperationTimeout = TimeSpan.FromMilliseconds(500);
}
