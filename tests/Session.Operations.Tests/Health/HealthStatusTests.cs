using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Operations.Tests.Health;

/// <summary>What the status of the health check depends on, with a store that fails when the test says so.</summary>
public sealed class HealthStatusTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FaultySessionStore _store;

    public HealthStatusTests() => _store = FaultySessionStore.Over(new MemorySessionStore(new MemorySessionStoreOptions(), _clock), _clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_result_is_used_for_a_second_and_those_who_ask_at_once_share_one_probe()
    {
        await using var app = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CheckAsync(app)));
        Assert.Single(_store.Calls);

        _clock.Advance(TimeSpan.FromMilliseconds(999));
        await CheckAsync(app);
        Assert.Single(_store.Calls);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await CheckAsync(app);
        Assert.Equal(2, _store.Calls.Count);
    }

    [Fact]
    public async Task A_failure_is_unhealthy_since_its_first_probe_and_logged_once_until_the_store_is_back()
    {
        await using var app = await StartAsync();
        await CheckAsync(app);
        _store.Inject(StoreFault.Fails);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var since = _clock.GetUtcNow();
        for (var i = 0; i < 3; i++)
        {
            var failed = await CheckAsync(app);
            Assert.Equal(
                (HealthStatus.Unhealthy, "unavailable", since),
                (failed.Status, failed.Data["reason"], failed.Data["since"])
            );
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(1, app.Logs.Count("HealthProbeFailed"));
        _store.Recover();
        Assert.Equal("ready", (await CheckAsync(app)).Data["reason"]);
        _store.Inject(StoreFault.Fails);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await CheckAsync(app);
        Assert.Equal(2, app.Logs.Count("HealthProbeFailed"));
    }

    [Fact]
    public async Task An_error_that_a_retry_does_not_mend_has_another_reason()
    {
        await using var app = await StartAsync();
        _store.Inject(
            StoreFault.Throws(static operation => new SessionStoreException("No such table.", operation, "memory", isTransient: false))
        );
        Assert.Equal("failed", (await CheckAsync(app)).Data["reason"]);
    }

    [Fact]
    public async Task A_store_that_can_only_be_read_is_found_by_the_write_probe()
    {
        await using var app = await StartAsync(static options => options.WriteProbe = true);
        _store.Inject(
            StoreFault.Throws(static operation => new SessionStoreException("Read only.", operation, "memory", isTransient: false)),
            SessionStoreOperation.Set
        );
        var failed = await CheckAsync(app);
        Assert.Equal((HealthStatus.Unhealthy, "write_failed"), (failed.Status, failed.Data["reason"]));
        Assert.DoesNotContain("Read only.", failed.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_store_is_degraded()
    {
        await using var app = await StartAsync(static options => options.SlowAfter = TimeSpan.FromMilliseconds(100));
        _store.Inject(
            StoreFault.Throws(_ =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(101));
                return new SessionNotFoundException(SessionStoreOperation.Get, "memory");
            }),
            SessionStoreOperation.Get
        );
        var slow = await CheckAsync(app);
        Assert.Equal((HealthStatus.Degraded, "slow", 101d), (slow.Status, slow.Data["reason"], slow.Data["milliseconds"]));
    }

    [Theory]
    [InlineData("Production", HealthStatus.Degraded, "memory_store")]
    [InlineData("Development", HealthStatus.Healthy, "ready")]
    public async Task Sessions_in_memory_are_degraded_outside_of_Development(string environment, HealthStatus status, string reason)
    {
        await using var app = await OperatedApp.StartAsync(static builder => builder.AddHealthCheck(), environment: environment);
        var entry = await CheckAsync(app);
        Assert.Equal((status, reason), (entry.Status, entry.Data["reason"]));
    }

    [Fact]
    public async Task A_store_whose_expired_sessions_are_not_removed_for_three_intervals_is_degraded()
    {
        await using var app = await StartAsync(
            options: static options => options.PruneInterval = TimeSpan.FromMinutes(10),
            store: new Unprunable()
        );
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal("ready", (await CheckAsync(app)).Data["reason"]);

        _clock.Advance(TimeSpan.FromSeconds(1));
        var late = await CheckAsync(app);
        Assert.Equal((HealthStatus.Degraded, "prune_late"), (late.Status, late.Data["reason"]));
    }

    [Fact]
    public async Task Name_status_of_a_failure_and_tags_are_arguments()
    {
        await using var app = await OperatedApp.StartAsync(
            builder =>
                builder
                    .AddStore(_ => _store)
                    .AddHealthCheck("mine", HealthStatus.Degraded, ["ready"])
                    .Services.AddServerSessions("admin", static options =>
                    {
                        options.Secret = "another secret, of the sessions of the admins";
                        options.Cookie.Name = "admin";
                    })
                    .AddHealthCheck()
        );
        _store.Inject(StoreFault.Fails);
        var report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);

        Assert.Equal(["mine", "sessions:admin"], report.Entries.Keys.Order());
        Assert.Equal(HealthStatus.Degraded, report.Entries["mine"].Status);
        Assert.Equal(["ready"], report.Entries["mine"].Tags);
    }

    [Fact]
    public void A_timeout_or_a_threshold_that_is_not_more_than_zero_is_refused()
    {
        var builder = new ServiceCollection().AddServerSessions();
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AddHealthCheck(timeout: TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            builder.AddHealthCheck(configure: static options => options.SlowAfter = TimeSpan.Zero)
        );
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private Task<OperatedApp> StartAsync(
        Action<ServerSessionHealthOptions>? health = null,
        Action<ServerSessionOptions>? options = null,
        ISessionStore? store = null
    ) =>
        OperatedApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(_clock);
                builder.AddStore(_ => store ?? _store).AddHealthCheck(configure: health);
            },
            options
        );

    private static async Task<HealthReportEntry> CheckAsync(OperatedApp app)
    {
        var report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);
        return Assert.Single(report.Entries).Value;
    }

    /// <summary>A store of one's own whose prune always fails.</summary>
    private sealed class Unprunable : IPrunableSessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) => default;

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) => default;

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => default;

        public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("mine");
    }
}
