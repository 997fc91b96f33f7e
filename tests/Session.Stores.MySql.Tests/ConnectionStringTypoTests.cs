using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class ConnectionStringTypoTests(ITestOutputHelper output)
{
    // No server listens there, so that what is right by chance fails at once.
    private static readonly IReadOnlyList<string> Typos = ConnectionStringTypos.Of(
        [
            "mysql://shop:{password}@127.0.0.1:1/app?sslmode=disabled",
            "Server=127.0.0.1;Port=1;User ID=shop;Password={password};Database=app;SSL Mode=None",
            "Host=127.0.0.1;Database=app;Uid=shop;Pwd={password};Port=1",
        ],
        "127.0.0.1",
        "app"
    );

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_part_of_a_password_is_shown_by_the_constructor_and_by_a_store_that_cannot_connect()
    {
        var made = 0;
        await Parallel.ForEachAsync(
            Typos,
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancel },
            async (typo, cancel) =>
            {
                var logger = new SignallingLogger();
                var error = await Xunit.Record.ExceptionAsync(async () =>
                {
                    await using var store = new MySqlSessionStore(
                        new MySqlSessionStoreOptions { ConnectionString = typo, OperationTimeout = TimeSpan.FromMilliseconds(500) },
                        logger: logger
                    );
                    Interlocked.Increment(ref made);
                    await store.OpenAsync(cancel);
                });
                AssertHidden(typo, $"{error}\n{string.Join('\n', logger.Messages)}");
            }
        );
        output.WriteLine($"{Typos.Count} typos, {made} of them made a store");
        Assert.InRange(made, 100, Typos.Count - 100);
    }

    [Fact]
    public async Task No_part_of_a_password_is_shown_by_a_registration_and_by_the_start_of_the_host()
    {
        // The whole of a host for each takes its time; every seventh has all kinds.
        foreach (var typo in Typos.Where(static (_, i) => i % 7 == 0))
        {
            foreach (
                var add in new Action<IServerSessionBuilder>[]
                {
                    builder => new MySqlSessionStoreProvider().AddStore(builder, typo),
                    builder => new MySqlSessionStoreProvider().AddStoreFromConnectionString(builder, typo),
                }
            )
            {
                var logger = new SignallingLogger();
                var error = await Xunit.Record.ExceptionAsync(async () =>
                {
                    var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
                    add(new ServerSessionBuilder(builder.Services));
                    builder.Services.Configure<MySqlSessionStoreOptions>(static options =>
                        options.OperationTimeout = TimeSpan.FromMilliseconds(500)
                    );
                    builder.Services.AddSingleton<ILogger<MySqlSessionStore>>(logger);
                    var host = builder.Build();
                    await using var disposing = (IAsyncDisposable)host;
                    await host.StartAsync(Cancel);
                });
                AssertHidden(typo, $"{error}\n{string.Join('\n', logger.Messages)}");
            }
        }
    }

    private static void AssertHidden(string typo, string text) =>
        Assert.True(ConnectionStringTypos.Leak(text) is null, $"'{ConnectionStringTypos.Leak(text)}' is shown of {typo}:\n{text}");
}
