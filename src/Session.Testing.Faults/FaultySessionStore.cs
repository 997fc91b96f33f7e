using System.Collections.Concurrent;

namespace ServerSessions.Testing;

/// <summary>
/// A session store for tests of applications. It passes each call on to another store, and fails, waits, loses the reply or the connection
/// when a test says so. <see cref="Over"/> creates one.
/// </summary>
/// <remarks>
/// It implements the same optional interfaces of the contract as the store behind it, so an application behaves as with that one. It can be
/// opened, asked for a store beside it, and reports prunes as far as the store behind it does. It cannot be diagnosed. All members may be
/// called at any time from any thread.
/// </remarks>
public partial class FaultySessionStore : ISessionStore, IAsyncDisposable
{
    private readonly ISessionStore _inner;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentQueue<SessionStoreOperation> _calls = new();
    private readonly Lock _gate = new();
    private List<Injection> _injections = [];
    private TaskCompletionSource _recovery = NewSignal();
    private volatile bool _isDisconnected;
    private EventHandler? _connected;
    private EventHandler? _disconnected;
    private int _faults;
    private int _waiting;

    private protected FaultySessionStore(ISessionStore inner, TimeProvider timeProvider) =>
        (_inner, _timeProvider) = (inner, timeProvider);

    /// <inheritdoc/>
    public event EventHandler? Connected
    {
        add
        {
            _connected += value;
            _inner.Connected += value;
        }
        remove
        {
            _connected -= value;
            _inner.Connected -= value;
        }
    }

    /// <inheritdoc/>
    public event EventHandler? Disconnected
    {
        add
        {
            _disconnected += value;
            _inner.Disconnected += value;
        }
        remove
        {
            _disconnected -= value;
            _inner.Disconnected -= value;
        }
    }

    /// <summary>The store behind this one, for a look at what is stored.</summary>
    public ISessionStore Inner => _inner;

    /// <inheritdoc/>
    public string Backend => _inner.Backend;

    /// <inheritdoc/>
    public bool MissingFileMeansAbsent => _inner.MissingFileMeansAbsent;

    /// <inheritdoc/>
    public TimeSpan? DefaultLifetime => _inner.DefaultLifetime;

    /// <summary>
    /// <see langword="false"/>: a call that hangs or is slow ends only with its token. So the consumer's own timeout is at work.
    /// </summary>
    public bool BoundsCalls => false;

    /// <summary>All calls so far, in the order in which they began, with those that failed.</summary>
    public IReadOnlyList<SessionStoreOperation> Calls => [.. _calls];

    /// <summary>The number of calls that a fault has met.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <summary>The number of calls that wait at this moment, because they hang or are slow.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Creates a store over another one, with the same optional interfaces.</summary>
    /// <param name="inner">The store that does the work. Disposed with this one.</param>
    /// <param name="timeProvider">The clock of slow calls. <see langword="null"/>: the system's clock.</param>
    /// <returns>The store. Until a fault is injected it does what the other does.</returns>
    public static FaultySessionStore Over(ISessionStore inner, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return WithInterfacesOf(inner, timeProvider ?? TimeProvider.System);
    }

    /// <summary>
    /// Injects a fault into calls from now on. Of several faults that fit a call, the one injected first happens.
    /// </summary>
    /// <param name="fault">What happens to the calls.</param>
    /// <param name="operation">The calls that it is for. <see langword="null"/>: all.</param>
    /// <param name="skip">The number of such calls that succeed before. Not negative.</param>
    /// <param name="times">The number of calls that the fault meets. At least 1. The default is no end.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public void Inject(StoreFault fault, SessionStoreOperation? operation = null, int skip = 0, int times = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        lock (_gate)
        {
            _injections.Add(new Injection(fault, operation, skip, times));
        }
    }

    /// <summary>
    /// Ends all faults. Calls that hang go on to the store behind. A lost connection stays lost until <see cref="Connect"/>.
    /// </summary>
    public void Recover()
    {
        lock (_gate)
        {
            _injections = [];
            _recovery.TrySetResult();
            _recovery = NewSignal();
        }
    }

    /// <summary>
    /// Loses the connection: raises <see cref="Disconnected"/>, and all calls fail with <see cref="SessionStoreUnavailableException"/>
    /// until <see cref="Connect"/>. Idempotent.
    /// </summary>
    public void Disconnect()
    {
        if (!_isDisconnected)
        {
            _isDisconnected = true;
            _disconnected?.Invoke(this, EventArgs.Empty);
        }
    }

    /// <summary>Has the connection again, and raises <see cref="Connected"/>. Does nothing if it was not lost.</summary>
    public void Connect()
    {
        if (_isDisconnected)
        {
            _isDisconnected = false;
            _connected?.Invoke(this, EventArgs.Empty);
        }
    }

    /// <inheritdoc/>
    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        CallAsync(SessionStoreOperation.Get, () => _inner.GetAsync(sid, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        await CallAsync(
            SessionStoreOperation.Set,
            () => DoneAsync(_inner.SetAsync(sid, record, cancellationToken)),
            cancellationToken
        ).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
        await CallAsync(
            SessionStoreOperation.Destroy,
            () => DoneAsync(_inner.DestroyAsync(sid, cancellationToken)),
            cancellationToken
        ).ConfigureAwait(false);

    /// <summary>Disposes the store behind this one.</summary>
    /// <returns>A task that completes once it is disposed.</returns>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        switch (_inner)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private async ValueTask<T> CallAsync<T>(
        SessionStoreOperation operation,
        Func<ValueTask<T>> call,
        CancellationToken cancellationToken
    )
    {
        var fault = await BeginAsync(operation, cancellationToken).ConfigureAwait(false);
        var result = await call().ConfigureAwait(false);
        return fault is null ? result : throw fault.ExceptionOf(operation, Backend);
    }

    /// <summary>Lets the fault of a call happen, if it has one.</summary>
    /// <returns>A fault that happens after the call.</returns>
    private async ValueTask<StoreFault?> BeginAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
    {
        _calls.Enqueue(operation);
        Task recovery;
        StoreFault? fault;
        lock (_gate)
        {
            recovery = _recovery.Task;
            fault = _isDisconnected
                ? StoreFault.Fails
                : _injections.FirstOrDefault(injection => injection.Meets(operation))?.Fault;
        }

        if (fault is null)
        {
            return null;
        }

        Interlocked.Increment(ref _faults);
        switch (fault.Kind)
        {
            case StoreFault.FaultKind.Before:
                throw fault.ExceptionOf(operation, Backend);
            case StoreFault.FaultKind.After:
                return fault;
            case StoreFault.FaultKind.Hang:
                await WaitAsync(recovery, cancellationToken).ConfigureAwait(false);
                break;
            case StoreFault.FaultKind.Delay:
                await WaitAsync(Task.Delay(fault.Delay, _timeProvider, cancellationToken), cancellationToken).ConfigureAwait(false);
                break;
        }

        return null;
    }

    private async Task WaitAsync(Task end, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        var wait = new Wait(this);
        var waiting = end.WaitAsync(cancellationToken);

        // It ends at the instant at which the caller gives up, not when this method goes on: by then another call may wait.
        cancellationToken.UnsafeRegister(static wait => ((Wait)wait!).End(), wait);
        try
        {
            await waiting.ConfigureAwait(false);
        }
        finally
        {
            wait.End();
        }
    }

    private static async ValueTask<bool> DoneAsync(ValueTask call)
    {
        await call.ConfigureAwait(false);
        return true;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Wait(FaultySessionStore store)
    {
        private int _hasEnded;

        public void End()
        {
            if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
            {
                Interlocked.Decrement(ref store._waiting);
            }
        }
    }

    /// <summary>A fault with the calls that it is for. Used under the lock.</summary>
    private sealed class Injection(StoreFault fault, SessionStoreOperation? operation, int skip, int times)
    {
        private int _skip = skip;
        private int _left = times;

        public StoreFault Fault => fault;

        public bool Meets(SessionStoreOperation call)
        {
            if ((operation is not null && operation != call) || _left == 0)
            {
                return false;
            }

            if (_skip > 0)
            {
                _skip--;
                return false;
            }

            _left -= _left == int.MaxValue ? 0 : 1;
            return true;
        }
    }
}
