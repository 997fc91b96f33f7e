using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServerSessions.Stores;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Operations.Tests.Health;

/// <summary>The health check of an application that lists its users' sessions, and of one that moves to another store.</summary>
public sealed class UserAndMoveHealthTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FaultySessionStore _store;
    private readonly FaultySessionStore _other;

    public UserAndMoveHealthTests() => (_store, _other) = (NewStore(), NewStore());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private FaultySessionStore Lists => (FaultySessionStore)_store.GetSibling("users");

    [Fact]
    public async Task Lists_of_users_that_cannot_be_read_are_degraded_because_sessions_are_well()
    {
        await using var app = await StartAsync(static sessions => sessions.AddUserSessions());
        Assert.Equal("ready", (await CheckAsync(app)).Data["reason"]);
        Lists.Inject(StoreFault.Fails);

        var degraded = await CheckAsync(app);

        Assert.Equal((HealthStatus.Degraded, "user_index_failed"), (degraded.Status, degraded.Data["reason"]));
        Assert.Equal(1, app.Logs.Count("HealthProbeFailed"));
        Lists.Recover();
        Assert.Equal("ready", (await CheckAsync(app)).Data["reason"]);
    }

    [Fact]
    public async Task Lists_of_users_that_cannot_be_written_are_degraded_once_a_write_has_failed_until_a_probe_can_write()
    {
        await using var app = await StartAsync(static sessions => sessions.AddUserSessions());
        var refuses = StoreFault.Throws(static one => new SessionStoreException("Read only.", one, "memory", isTransient: false));
        Lists.Inject(refuses, SessionStoreOperation.Set);
        Lists.Inject(refuses, SessionStoreOperation.TrySet);

        // No one has tried, and a probe does not write unless it is asked to.
        Assert.Equal("ready", (await CheckAsync(app)).Data["reason"]);
        using var refused = await app.GetAsync("/sign-in-as");
        Assert.Equal(500, (int)refused.StatusCode);

        var degraded = await CheckAsync(app);
        Assert.Equal((HealthStatus.Degraded, "user_index_failed"), (degraded.Status, degraded.Data["reason"]));

        Lists.Recover();
        Assert.Equal("ready", (await CheckAsync(app)).Data["reason"]);
        var calls = Lists.Calls.Count;
        Assert.Equal("ready", (await CheckAsync(app)).Data["reason"]);
        Assert.Equal([SessionStoreOperation.Get], Lists.Calls.Skip(calls));
    }

    [Fact]
    public async Task A_write_probe_writes_to_the_lists_of_users_too()
    {
        await using var app = await StartAsync(static sessions => sessions.AddUserSessions(), static health => health.WriteProbe = true);
        Lists.Inject(StoreFault.Fails, SessionStoreOperation.Set);

        Assert.Equal("user_index_failed", (await CheckAsync(app)).Data["reason"]);
    }

    [Theory]
    [InlineData(SessionMoveMode.Stay, "stay")]
    [InlineData(SessionMoveMode.CarryToNew, "carry_to_new")]
    [InlineData(SessionMoveMode.CarryToOld, "carry_to_old")]
    public async Task A_move_is_healthy_and_the_data_has_its_mode(SessionMoveMode mode, string code)
    {
        await using var app = await StartMoveAsync(mode);

        var entry = await CheckAsync(app);

        Assert.Equal((HealthStatus.Healthy, "ready", code), (entry.Status, entry.Data["reason"], entry.Data["move"]));
    }

    [Theory]
    [InlineData(SessionMoveMode.Stay)]
    [InlineData(SessionMoveMode.CarryToNew)]
    [InlineData(SessionMoveMode.CarryToOld)]
    public async Task The_store_of_a_move_that_is_read_second_is_degraded_if_it_is_away_and_the_first_one_unhealthy(SessionMoveMode mode)
    {
        await using var app = await StartMoveAsync(mode);
        var (first, second) = mode == SessionMoveMode.CarryToNew ? (_other, _store) : (_store, _other);

        second.Inject(StoreFault.Fails);
        var degraded = await CheckAsync(app);
        Assert.Equal((HealthStatus.Degraded, "move_store_unavailable"), (degraded.Status, degraded.Data["reason"]));

        second.Recover();
        first.Inject(StoreFault.Fails);
        var unhealthy = await CheckAsync(app);
        Assert.Equal((HealthStatus.Unhealthy, "unavailable"), (unhealthy.Status, unhealthy.Data["reason"]));
    }

    [Fact]
    public async Task A_timer_of_one_store_of_a_move_that_fails_is_not_hidden_by_that_of_the_other()
    {
        var (old, fresh) = (new ReportingStore(NewStore()), new ReportingStore(NewStore()));
        await using var app = await StartAsync(
            _ => { },
            store: sessions =>
                sessions.MoveStore(from => from.AddStore(_ => old), to => to.AddStore(_ => fresh), SessionMoveMode.CarryToNew)
        );
        for (var run = 0; run < 4; run++)
        {
            Assert.Equal("ready", (await CheckAsync(app)).Data["reason"]);
            _clock.Advance(TimeSpan.FromMinutes(9));
            old.Report(hasFailed: true);
            fresh.Report(hasFailed: false);
        }

        Assert.Equal("prune_late", (await CheckAsync(app)).Data["reason"]);
        old.Report(hasFailed: false);
        Assert.Equal("ready", (await CheckAsync(app)).Data["reason"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _other.DisposeAsync();
    }

    private FaultySessionStore NewStore() =>
        FaultySessionStore.Over(new MemorySessionStore(new MemorySessionStoreOptions(), _clock), _clock);

    private Task<OperatedApp> StartMoveAsync(SessionMoveMode mode) =>
        StartAsync(
            static _ => { },
            store: sessions => sessions.MoveStore(from => from.AddStore(_ => _store), to => to.AddStore(_ => _other), mode)
        );

    private Task<OperatedApp> StartAsync(
        Action<IServerSessionBuilder> sessions,
        Action<ServerSessionHealthOptions>? health = null,
        Action<IServerSessionBuilder>? store = null
    ) =>
        OperatedApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(_clock);
                (store ?? (added => added.AddStore(_ => _store)))(builder);
                builder.AddHealthCheck(configure: health);
                sessions(builder);
            },
            endpoints: static app => app.MapGet("/sign-in-as", static (ServerSession session) => session.SignInAsync("ada").AsTask())
        );

    /// <summary>Probes: the result of an earlier probe is too old.</summary>
    private async Task<HealthReportEntry> CheckAsync(OperatedApp app)
    {
        _clock.Advance(TimeSpan.FromSeconds(2));
        var report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);
        return Assert.Single(report.Entries).Value;
    }

    /// <summary>A store whose timer prunes each ten minutes, when the test says so.</summary>
    private sealed class ReportingStore(ISessionStore inner) : IConditionalSessionStore, IPruneReportingStore
    {
        public event EventHandler<PruneRun>? Pruned;

        public bool PrunesItself => true;

        public TimeSpan PruneInterval => TimeSpan.FromMinutes(10);

        public void Report(bool hasFailed) => Pruned?.Invoke(this, new PruneRun { HasFailed = hasFailed });

        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            inner.GetAsync(sid, cancellationToken);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            inner.SetAsync(sid, record, cancellationToken);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            inner.DestroyAsync(sid, cancellationToken);

        public ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        ) => ((IConditionalSessionStore)inner).TrySetAsync(sid, record, expected, cancellationToken);

        public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default) => default;
    }
}
