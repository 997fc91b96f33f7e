using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ServerSessions.Stores;

/// <summary>
/// A store of two, the old and the new one, by which an application moves its sessions to another store while it runs. Each session is in
/// one of the two at any time, so no change is lost and an ended session stays ended, with any number of instances. Thread safe.
/// </summary>
/// <remarks>
/// <para>Both stores must implement <see cref="IConditionalSessionStore"/>. <see cref="Create"/> returns a store with the further
/// interfaces of the contract that both implement. <see cref="SessionMoveMode"/> says what happens to sessions, and in what order an
/// operator changes it.</para>
/// <para>At rest, a store may hold what is no session: a copy that does not count yet, and, in place of a session, that it has moved or
/// ended. Express-session reads each as an anonymous session.</para>
/// <para>An exception says which of the two stores failed. A call waits for up to seven calls of the two stores, one after the other. The
/// two stores are not disposed with this one.</para>
/// </remarks>
public partial class MovingSessionStore : ITouchableSessionStore, IConditionalSessionStore, IPruneReportingStore, IOpenableSessionStore
{
    private readonly Setup _setup;
    private readonly Func<SessionMoveMode> _mode;
    private readonly MoveSide _old;
    private readonly MoveSide _new;
    private readonly MoveProbe _probe;
    private readonly SessionMover _mover;
    private readonly MoveListing _listing;

    private MovingSessionStore(Setup setup)
    {
        (_old, _new) = (new MoveSide(setup.OldStore, MoveSide.Old), new MoveSide(setup.NewStore, MoveSide.New));
        (_setup, _mode) = (setup, setup.Mode);
        Backend = $"{_old.Backend}+{_new.Backend}";
        Clock = new MoveClock(setup.TimeProvider ?? TimeProvider.System);
        Logger = setup.Logger ?? NullLogger.Instance;
        Metrics = new MoveMetrics(setup.MeterFactory);
        _probe = new MoveProbe(_old, _new, Clock);
        Carrier = new SessionCarrier(_probe, Clock, Metrics, Logger);
        _mover = new SessionMover(Carrier, new SessionCreator(_probe, Clock), Clock, Metrics, Backend);
        _listing = new MoveListing(() => Route);
        ForwardEvents();
    }

    /// <inheritdoc/>
    /// <value>The names of both backends, such as <c>SQLite+Redis</c>.</value>
    public string Backend { get; }

    /// <inheritdoc/>
    /// <value>Whether both stores do.</value>
    public bool BoundsCalls => _old.Store.BoundsCalls && _new.Store.BoundsCalls;

    /// <inheritdoc/>
    /// <value>That of both stores; <see langword="null"/> if they differ.</value>
    public TimeSpan? DefaultLifetime =>
        _old.Store.DefaultLifetime == _new.Store.DefaultLifetime ? _new.Store.DefaultLifetime : null;

    /// <summary>Gets the current mode.</summary>
    public SessionMoveMode Mode => _mode();

    /// <summary>Gets the store from which sessions are moved.</summary>
    public ISessionStore OldStore => _old.Store;

    /// <summary>Gets the store to which sessions are moved.</summary>
    public ISessionStore NewStore => _new.Store;

    internal MoveProbe Probe => _probe;

    internal MoveClock Clock { get; }

    internal ILogger Logger { get; }

    internal MoveMetrics Metrics { get; }

    internal SessionCarrier Carrier { get; }

    internal MoveRoute Route => MoveRoute.Of(_mode(), _old, _new);

    /// <summary>Creates a store of two.</summary>
    /// <param name="oldStore">The store that has the sessions.</param>
    /// <param name="newStore">The store to move them to.</param>
    /// <param name="mode">Returns the mode. Called for each operation, so the mode can change while the application runs.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system clock.</param>
    /// <param name="logger">The logger; <see langword="null"/> for no logging.</param>
    /// <param name="meterFactory">
    /// The factory of the meter <c>ServerSessions</c>; <see langword="null"/> for no metrics.
    /// </param>
    /// <returns>
    /// The store. It implements <see cref="IEnumerableSessionStore"/> and <see cref="IGetAndTouchSessionStore"/> if both stores do.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// One of the stores does not implement <see cref="IConditionalSessionStore"/>, or both are one object.
    /// </exception>
    public static MovingSessionStore Create(
        ISessionStore oldStore,
        ISessionStore newStore,
        Func<SessionMoveMode> mode,
        TimeProvider? timeProvider = null,
        ILogger<MovingSessionStore>? logger = null,
        IMeterFactory? meterFactory = null
    )
    {
        ArgumentNullException.ThrowIfNull(oldStore);
        ArgumentNullException.ThrowIfNull(newStore);
        ArgumentNullException.ThrowIfNull(mode);
        if (ReferenceEquals(oldStore, newStore))
        {
            throw new ArgumentException("The old and the new session store of a move must not be one object.", nameof(newStore));
        }

        return CreateFrom(new Setup(oldStore, newStore, mode, timeProvider, logger, meterFactory));
    }

    /// <summary>
    /// Returns whether a record of one of the two stores is a session. Otherwise it stands in place of one during a move, and an
    /// application or a tool that uses that store alone treats it as absent.
    /// </summary>
    /// <param name="record">A record that one of the two stores returned.</param>
    /// <returns>Whether it is a session.</returns>
    /// <exception cref="ArgumentNullException">The record is <see langword="null"/>.</exception>
    public static bool IsSession(SessionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return SlotFormat.Read(record).Kind == SlotKind.Record;
    }

    /// <summary>
    /// Opens both stores, and makes sure that they are two: it stores a record in one, looks for it in the other and removes it.
    /// Idempotent.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once sessions can be stored.</returns>
    /// <exception cref="SessionStoreUnavailableException">
    /// One of the stores cannot be reached. The other one's sessions can be used all the same, unless a mode reads the former first.
    /// </exception>
    /// <exception cref="SessionStoreException">One of the stores cannot be used, or both are one store under two names.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        await _old.OpenAsync(cancellationToken).ConfigureAwait(false);
        await _new.OpenAsync(cancellationToken).ConfigureAwait(false);
        await _probe.EnsureTwoStoresAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        return _mover.GetAsync(Route, sid, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid, record);
        return _mover.SetAsync(Route, sid, record, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        return _mover.DestroyAsync(Route, sid, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid, record);
        return _mover.TouchAsync(Route, sid, record, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfInvalid(sid, record);
        return _mover.TrySetAsync(Route, sid, record, expected, cancellationToken);
    }

    private static MovingSessionStore CreateFrom(Setup setup)
    {
        var canList = setup is { OldStore: IEnumerableSessionStore, NewStore: IEnumerableSessionStore };
        var canGetAndTouch = setup is { OldStore: IGetAndTouchSessionStore, NewStore: IGetAndTouchSessionStore };
        return canList && canGetAndTouch ? new ListingAndTouchingReads(setup)
            : canList ? new Listing(setup)
            : canGetAndTouch ? new TouchingReads(setup)
            : new MovingSessionStore(setup);
    }

    private static void ThrowIfInvalid(string sid, SessionRecord record)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
    }
}
