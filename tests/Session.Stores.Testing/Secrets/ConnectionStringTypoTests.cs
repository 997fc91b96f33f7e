using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Testing.Secrets;

/// <summary>A password that a typo has moved into another field is in no message, whatever reads the connection string.</summary>
/// <param name="provider">The backend's provider.</param>
/// <param name="examples">
/// Right strings of the backend. No server listens there, so that what is right by chance fails at once.
/// </param>
/// <param name="output">Where figures go.</param>
public abstract class ConnectionStringTypoTests<TStore, TOptions>(
    SessionStoreProvider provider,
    string[] examples,
    ITestOutputHelper output
)
    where TStore : class, IOpenableSessionStore, IAsyncDisposable
    where TOptions : class
{
    private readonly IReadOnlyList<string> _typos = ConnectionStringTypos.Of(examples, "127.0.0.1", "app");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_part_of_a_password_is_shown_by_the_constructor_and_by_a_store_that_cannot_connect()
    {
        var made = 0;
        await Parallel.ForEachAsync(
            _typos,
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancel },
            async (typo, cancel) =>
            {
                var logger = new SignallingLogger<TStore>();
                var error = await Record.ExceptionAsync(async () =>
                {
                    await using var store = NewStore(typo, logger);
                    Interlocked.Increment(ref made);
                    await store.OpenAsync(cancel);
                });
                AssertHidden(typo, $"{error}\n{string.Join('\n', logger.Messages)}");
            }
        );
        output.WriteLine($"{_typos.Count} typos, {made} of them made a store");
        Assert.InRange(made, 100, _typos.Count - 100);
    }

    [Fact]
    public async Task No_part_of_a_password_is_shown_by_a_registration_and_by_the_start_of_the_host()
    {
        // The whole of a host for each takes its time; every seventh has all kinds.
        foreach (var typo in _typos.Where(static (_, i) => i % 7 == 0))
        {
            foreach (
                var add in new Action<IServerSessionBuilder>[]
                {
                    builder => provider.AddStore(builder, typo),
                    builder => provider.AddStoreFromConnectionString(builder, typo),
                }
            )
            {
                var logger = new SignallingLogger<TStore>();
                var error = await Record.ExceptionAsync(async () =>
                {
                    var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
                    add(new ServerSessionBuilder(builder.Services));
                    builder.Services.Configure<TOptions>(BeImpatient);
                    builder.Services.AddSingleton<ILogger<TStore>>(logger);
                    var host = builder.Build();
                    await using var disposing = (IAsyncDisposable)host;
                    await host.StartAsync(Cancel);
                });
                AssertHidden(typo, $"{error}\n{string.Join('\n', logger.Messages)}");
            }
        }
    }

    /// <summary>A store with the options of <see cref="BeImpatient"/>.</summary>
    protected abstract TStore NewStore(string connectionString, ILogger<TStore> logger);

    /// <summary>Sets the timeout of operations to half a second.</summary>
    protected abstract void BeImpatient(TOptions options);

    private static void AssertHidden(string typo, string text) =>
        Assert.True(ConnectionStringTypos.Leak(text) is null, $"'{ConnectionStringTypos.Leak(text)}' is shown of {typo}:\n{text}");
}
