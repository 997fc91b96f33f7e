using System.Reflection;

namespace ServerSessions.Stores.Tests;

/// <summary>
/// What a store that wraps another one passes on. Each optional interface is decided for each wrapper: a new one of either fails here until
/// it has a row.
/// </summary>
public sealed class WrapperTests
{
    private const string AsInner = "if the inner store has it";
    private const string Always = "always: does what the inner store can";
    private const string Never = "never";

    private static readonly (Type Interface, string Faulty, string Moving)[] Decided =
    [
        (typeof(ITouchableSessionStore), AsInner, Always),
        (typeof(IGetAndTouchSessionStore), AsInner, AsInner),
        (typeof(IConditionalSessionStore), AsInner, Always),
        (typeof(IEnumerableSessionStore), AsInner, AsInner),
        (typeof(IPrunableSessionStore), AsInner, Always),
        (typeof(IPruneReportingStore), AsInner, Always),
        (typeof(ISiblingSessionStore), Always, Always),
        (typeof(IOpenableSessionStore), Always, Always),
        // For `session doctor`, which opens each store by its own URL.
        (typeof(IDiagnosableSessionStore), Never, Never),
    ];

    private static readonly (string Member, object Inner, object Faulty, object Moving)[] DecidedProperties =
    [
        (nameof(ISessionStore.Backend), "Full", "Full", "Full+Full"),
        (nameof(ISessionStore.MissingFileMeansAbsent), true, true, false), // A move reads such an exception itself.
        (nameof(ISessionStore.BoundsCalls), true, false, true), // The faulty one hangs on request.
        (nameof(ISessionStore.DefaultLifetime), TimeSpan.FromHours(7), TimeSpan.FromHours(7), TimeSpan.FromHours(7)),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_optional_interface_and_every_property_is_decided_for_every_wrapper()
    {
        Assembly[] code = [typeof(ISessionStore).Assembly, typeof(SessionStore).Assembly, typeof(FaultySessionStore).Assembly];
        var types = code.SelectMany(static assembly => assembly.GetTypes()).Where(typeof(ISessionStore).IsAssignableFrom).ToArray();

        Assert.Equal(
            types.Where(static type => type is { IsInterface: true, IsNested: false }).Except([typeof(ISessionStore)]).ToHashSet(),
            Decided.Select(static row => row.Interface).ToHashSet()
        );
        Assert.Equal(
            typeof(ISessionStore).GetProperties().Select(static property => property.Name).Order(StringComparer.Ordinal),
            DecidedProperties.Select(static row => row.Member).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            [nameof(FaultySessionStore), nameof(MovingSessionStore)],
            types
                .Where(static type => type is { IsClass: true, IsNested: false } && TakesStore(type))
                .Select(static type => type.Name)
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_wrapper_has_the_interfaces_that_were_decided()
    {
        foreach (var (type, faulty, moving) in Decided)
        {
            AssertHas(type, faulty, FaultySessionStore.Over(new FullStore()), FaultySessionStore.Over(Shapes.Of([])));
            AssertHas(type, moving, MoveOf(new FullStore(), new FullStore()), MoveOf(new Bare(), new Bare()));
        }

        static void AssertHas(Type type, string decided, ISessionStore overFull, ISessionStore overBare) =>
            Assert.Equal(
                (type, decided is AsInner or Always, decided is Always),
                (type, type.IsInstanceOfType(overFull), type.IsInstanceOfType(overBare))
            );
    }

    [Fact]
    public void A_wrapper_has_the_properties_that_were_decided()
    {
        var (faulty, move) = (FaultySessionStore.Over(new FullStore()), MoveOf(new FullStore(), new FullStore()));
        Assert.All(DecidedProperties, row =>
        {
            var property = typeof(ISessionStore).GetProperty(row.Member)!;
            Assert.Equal(row.Inner, property.GetValue(new FullStore()));
            Assert.Equal(row.Faulty, property.GetValue(faulty));
            Assert.Equal(row.Moving, property.GetValue(move));
        });
    }

    [Fact]
    public void A_wrapper_passes_the_runs_of_a_prune_timer_on()
    {
        var (old, fresh) = (new FullStore(), new FullStore { PruneInterval = TimeSpan.FromHours(2) });
        IPruneReportingStore[] wrappers = [(IPruneReportingStore)FaultySessionStore.Over(old), MoveOf(old, fresh)];
        var runs = new List<(object? Sender, int Removed)>();
        foreach (var wrapper in wrappers)
        {
            wrapper.Pruned += Note;
        }

        old.Report(3);
        fresh.Report(4);
        (object? Sender, int Removed)[] expected = [(old, 3), (old, 3), (fresh, 4)];
        Assert.Equal(expected, runs);
        Assert.Equal([TimeSpan.FromHours(1), TimeSpan.FromHours(2)], wrappers.Select(static wrapper => wrapper.PruneInterval));
        Assert.All(wrappers, static wrapper => Assert.True(wrapper.PrunesItself));

        foreach (var wrapper in wrappers)
        {
            wrapper.Pruned -= Note;
        }

        old.Report(5);
        Assert.Equal(3, runs.Count);

        void Note(object? sender, PruneRun run) => runs.Add((sender, run.Removed));
    }

    [Fact]
    public void A_wrapper_of_a_store_without_a_timer_reports_that_none_runs()
    {
        IPruneReportingStore[] wrappers =
        [
            (IPruneReportingStore)FaultySessionStore.Over(Shapes.Of([typeof(IPrunableSessionStore)])),
            MoveOf(new Bare(), new Bare()),
        ];
        Assert.All(wrappers, static wrapper =>
        {
            Assert.Equal(Timeout.InfiniteTimeSpan, wrapper.PruneInterval);
            wrapper.Pruned += static (_, _) => { };
        });
    }

    [Fact]
    public async Task A_fault_meets_the_opening_of_the_store_behind_it()
    {
        var full = new FullStore();
        await using var store = FaultySessionStore.Over(full);
        store.Inject(StoreFault.Fails, SessionStoreOperation.Open, times: 1);

        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.OpenAsync(Cancel));
        Assert.Equal(0, full.Opened);
        await store.OpenAsync(Cancel);
        Assert.Equal(1, full.Opened);

        await using var bare = FaultySessionStore.Over(new Bare());
        bare.Inject(StoreFault.Fails);
        await bare.OpenAsync(Cancel);
        Assert.Empty(bare.Calls);
    }

    private static bool TakesStore(Type type) =>
        type.GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Cast<MethodBase>()
            .Concat(type.GetConstructors())
            .Any(static method => method.GetParameters().Any(static one => typeof(ISessionStore).IsAssignableFrom(one.ParameterType)));

    private static MovingSessionStore MoveOf(ISessionStore old, ISessionStore fresh) =>
        MovingSessionStore.Create(old, fresh, static () => SessionMoveMode.Stay);

    /// <summary>A store with the least that a move takes.</summary>
    private class Bare : IConditionalSessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) => default;

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) => default;

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => default;

        public ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        ) => default;
    }

    /// <summary>A store with every optional interface.</summary>
    private sealed class FullStore
        : Bare,
            ISessionStore,
            IGetAndTouchSessionStore,
            IEnumerableSessionStore,
            IPruneReportingStore,
            ISiblingSessionStore,
            IOpenableSessionStore,
            IDiagnosableSessionStore
    {
        public event EventHandler<PruneRun>? Pruned;

        string ISessionStore.Backend => "Full";

        bool ISessionStore.MissingFileMeansAbsent => true;

        bool ISessionStore.BoundsCalls => true;

        TimeSpan? ISessionStore.DefaultLifetime => TimeSpan.FromHours(7);

        public bool IsTouchCheap => true;

        public bool PrunesItself => true;

        public TimeSpan PruneInterval { get; init; } = TimeSpan.FromHours(1);

        public int Opened { get; private set; }

        public void Report(int removed) => Pruned?.Invoke(this, new PruneRun { Removed = removed });

        public ValueTask OpenAsync(CancellationToken cancellationToken = default)
        {
            Opened++;
            return default;
        }

        public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) => default;

        public ValueTask<GetAndTouchResult> GetAndTouchAsync(
            string sid,
            SessionTouchPlan plan,
            CancellationToken cancellationToken = default
        ) => default;

        public IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default) =>
            AsyncEnumerable.Empty<SessionEntry>();

        public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask ClearAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default) => default;

        public ISessionStore GetSibling(string name) => new FullStore();

        public ValueTask<IReadOnlyList<StoreCheck>> DiagnoseAsync(CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyList<StoreCheck>>([]);
    }
}
