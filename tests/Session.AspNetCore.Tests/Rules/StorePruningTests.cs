using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServerSessions.Tests.Rules;

/// <summary>Who prunes a store of one's own: the host that it is registered in.</summary>
public sealed class StorePruningTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Registrations => ["type", "function", "option"];

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task A_store_of_ones_own_is_pruned_however_it_is_registered_in_batches_until_nothing_is_left(string registration)
    {
        var clock = new ManualClock();
        var store = new ExpiringStore { Expired = 250 };
        using var host = Build(
            clock,
            new LogLines(),
            builder =>
                _ = registration switch
                {
                    "type" => builder.AddStore<ExpiringStore.Registered>(),
                    "function" => builder.AddStore(_ => store),
                    _ => builder,
                },
            options => options.Store = registration == "option" ? store : null,
            store
        );
        await host.StartAsync(Cancel);
        var (due, fire) = await clock.ArmedAsync();
        Assert.InRange(due, TimeSpan.FromMinutes(7.5), TimeSpan.FromMinutes(22.5));
        Assert.Empty(store.Batches);

        fire();
        Assert.InRange((await clock.ArmedAsync()).Due, TimeSpan.FromMinutes(7.5), TimeSpan.FromMinutes(22.5));
        Assert.Equal([100, 100, 100], store.Batches);
        Assert.Equal(0, store.Expired);
        await host.StopAsync(Cancel);
    }

    [Fact]
    public async Task Interval_and_batch_are_options_and_infinite_means_never()
    {
        var clock = new ManualClock();
        var store = new ExpiringStore { Expired = 10 };
        using (
            var host = Build(
                clock,
                new LogLines(),
                builder => builder.AddStore(_ => store),
                static options => (options.PruneInterval, options.PruneBatch) = (TimeSpan.FromSeconds(10), 7)
            )
        )
        {
            await host.StartAsync(Cancel);
            var (due, fire) = await clock.ArmedAsync();
            Assert.InRange(due, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
            fire();
            await clock.ArmedAsync();
            Assert.Equal([7, 7], store.Batches);
            await host.StopAsync(Cancel);
        }

        var never = new ManualClock();
        using var other = Build(
            never,
            new LogLines(),
            builder => builder.AddStore(_ => store),
            static options => options.PruneInterval = Timeout.InfiniteTimeSpan
        );
        await other.StartAsync(Cancel);
        await other.StopAsync(Cancel);
        Assert.Equal(0, never.Armed);
    }

    [Theory]
    [InlineData(0, 100, "PruneInterval must be 1 second to 30 days")]
    [InlineData(31 * 86400, 100, "PruneInterval must be 1 second to 30 days")]
    [InlineData(60, 0, "PruneBatch must be 1 to 1000")]
    [InlineData(60, 1001, "PruneBatch must be 1 to 1000")]
    public async Task An_interval_or_a_batch_out_of_range_stops_the_start(int seconds, int batch, string says)
    {
        using var host = Build(
            new ManualClock(),
            new LogLines(),
            static _ => { },
            options => (options.PruneInterval, options.PruneBatch) = (TimeSpan.FromSeconds(seconds), batch)
        );
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_prunes_itself_and_one_that_cannot_are_left_alone()
    {
        foreach (
            var store in new ISessionStore[]
            {
                new ExpiringStore { Expired = 1, PrunesItself = true },
                new RecordingStore(),
            }
        )
        {
            var clock = new ManualClock();
            using var host = Build(clock, new LogLines(), builder => builder.AddStore(_ => store));
            await host.StartAsync(Cancel);
            await host.StopAsync(Cancel);
            Assert.Equal(0, clock.Armed);
        }
    }

    [Theory]
    [InlineData(typeof(SessionStoreUnavailableException))]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(ObjectDisposedException))]
    public async Task A_failure_of_whatever_kind_is_logged_and_the_next_interval_tries_again(Type kind)
    {
        var (clock, logs) = (new ManualClock(), new LogLines());
        var store = new ExpiringStore
        {
            Expired = 1,
            Fails =
                kind == typeof(SessionStoreUnavailableException)
                    ? new SessionStoreUnavailableException("away", SessionStoreOperation.Prune, "Mine")
                    : (Exception)Activator.CreateInstance(kind, "mine")!,
        };
        using var host = Build(clock, logs, builder => builder.AddStore(_ => store));
        await host.StartAsync(Cancel);
        (await clock.ArmedAsync()).Fire();
        var next = await clock.ArmedAsync();
        Assert.Equal(1, logs.Count("PruneFailed"));

        store.Fails = null;
        next.Fire();
        await clock.ArmedAsync();
        Assert.Equal(0, store.Expired);
        await host.StopAsync(Cancel);
        Assert.Equal(1, logs.Count("PruneFailed"));
    }

    [Fact]
    public async Task A_logger_that_throws_ends_no_pruning()
    {
        var clock = new ManualClock();
        var store = new ExpiringStore { Expired = 1, Fails = new InvalidOperationException("mine") };
        using var host = Build(clock, new LogLines(), builder =>
            builder.AddStore(_ => store).Services.AddSingleton<ILoggerProvider, ThrowingLoggers>()
        );
        await host.StartAsync(Cancel);
        (await clock.ArmedAsync()).Fire();
        var (_, fire) = await clock.ArmedAsync();

        store.Fails = null;
        fire();
        await clock.ArmedAsync();
        Assert.Equal(0, store.Expired);
        await host.StopAsync(Cancel);
    }

    [Fact]
    public async Task The_end_of_the_host_cancels_a_run_and_waits_for_its_end()
    {
        var (clock, logs) = (new ManualClock(), new LogLines());
        var store = new ExpiringStore { Expired = 1, Hangs = true };
        using var host = Build(clock, logs, builder => builder.AddStore(_ => store));
        await host.StartAsync(Cancel);
        (await clock.ArmedAsync()).Fire();
        await store.Begun.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        await host.StopAsync(Cancel);
        Assert.True(store.WasCancelled);
        Assert.Equal(0, logs.Count("PruneFailed"));
        Assert.Equal(1, clock.Armed);
    }

    [Fact]
    public async Task A_store_that_blocks_the_thread_holds_the_stop_of_the_host_no_longer_than_the_host_waits()
    {
        var clock = new ManualClock();
        using var release = new ManualResetEventSlim();
        var store = new ExpiringStore { Expired = 1, Blocks = release };
        using var host = Build(clock, new LogLines(), builder => builder.AddStore(_ => store));
        await host.StartAsync(Cancel);
        var (_, fire) = await clock.ArmedAsync();
        var fired = Task.Run(fire, Cancel);
        await store.Begun.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        try
        {
            using var impatient = new CancellationTokenSource();
            await impatient.CancelAsync();
            var pruning = host.Services.GetServices<IHostedService>().Single();
            await Task.Run(() => pruning.StopAsync(impatient.Token), Cancel).WaitAsync(TimeSpan.FromMinutes(1), Cancel);
            ((IDisposable)pruning).Dispose();
        }
        finally
        {
            release.Set();
            await fired;
        }
    }

    private static IHost Build(
        ManualClock clock,
        LogLines logs,
        Action<IServerSessionBuilder> add,
        Action<ServerSessionOptions>? configure = null,
        ExpiringStore? registered = null
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(registered ?? new ExpiringStore());
        add(
            builder.Services.AddServerSessions(options =>
            {
                options.Secret = TestApp.Secret;
                configure?.Invoke(options);
            })
        );
        return builder.Build();
    }

    /// <summary>Throws at every line that the pruning logs.</summary>
    private sealed class ThrowingLoggers : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => _ = eventId.Name is "Pruned" or "PruneFailed" ? throw new InvalidOperationException("The disk of the log is full.") : 0;

        public void Dispose() { }
    }

    /// <summary>Knows how many of its sessions have expired, and no session.</summary>
    private sealed class ExpiringStore : IPrunableSessionStore
    {
        public int Expired { get; set; }

        public bool PrunesItself { get; init; }

        public Exception? Fails { get; set; }

        public bool Hangs { get; init; }

        public ManualResetEventSlim? Blocks { get; init; }

        public bool WasCancelled { get; private set; }

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<int> Batches { get; } = [];

        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken) => default;

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken) => default;

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken) => default;

        public async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken)
        {
            Batches.Add(batch);
            Begun.TrySetResult();
            Blocks?.Wait(CancellationToken.None);
            if (Fails is not null)
            {
                throw Fails;
            }

            if (Hangs)
            {
                var forever = new TaskCompletionSource();
                await using var registration = cancellationToken.Register(() =>
                {
                    WasCancelled = true;
                    forever.SetCanceled(cancellationToken);
                });
                await forever.Task;
            }

            var removed = Math.Min(batch, Expired);
            Expired -= removed;
            return removed;
        }

        /// <summary>One that the container makes, over the other.</summary>
        public sealed class Registered(ExpiringStore store) : IPrunableSessionStore
        {
            public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken) =>
                store.GetAsync(sid, cancellationToken);

            public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken) =>
                store.SetAsync(sid, record, cancellationToken);

            public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken) => store.DestroyAsync(sid, cancellationToken);

            public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken) => store.PruneAsync(batch, cancellationToken);
        }
    }
}
