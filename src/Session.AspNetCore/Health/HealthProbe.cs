using System.Security.Cryptography;
using ServerSessions.Payload;
using ServerSessions.Stores;

namespace ServerSessions;

/// <summary>
/// Probes the store of sessions over the connection that requests use. One probe at a time; its result is used for a second, however many
/// ask.
/// </summary>
internal sealed class HealthProbe(
    Func<SessionRuntime> sessions,
    ServerSessionHealthOptions options,
    TimeSpan timeout,
    TimeProvider timeProvider
)
{
    // No session has such an id: the application's ids come in signed cookies only.
    private const string AbsentKey = "health:probe";

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LifeOfRecord = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();

    // Another for each process: instances that probe at once do not remove each other's record.
    private readonly string _writeKey = $"health:{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
    private Task<HealthReading>? _probe;
    private long _begun;

    /// <summary>Returns the result of the last probe if it is less than a second old, or probes.</summary>
    public Task<HealthReading> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_probe is not { } known || (known.IsCompleted && timeProvider.GetElapsedTime(_begun) >= Kept))
            {
                _begun = timeProvider.GetTimestamp();

                // On the pool: a store that blocks before its first await must not hold the lock.
                _probe = known = Task.Run(ProbeAsync, CancellationToken.None);
            }

            return known.WaitAsync(cancellationToken);
        }
    }

    private async Task<HealthReading> ProbeAsync()
    {
        var runtime = sessions();
        var store = runtime.Store;
        using var limit = new CancellationTokenSource(timeout, timeProvider);
        var started = timeProvider.GetTimestamp();
        var isWriting = false;
        try
        {
            await store.GetAsync(AbsentKey, limit.Token);
            if (options.WriteProbe)
            {
                isWriting = true;
                await WriteAsync(store, limit.Token);
            }

            var took = timeProvider.GetElapsedTime(started);
            if (runtime.Users?.Index is { } lists && await FindFailureAsync(lists, limit.Token) is { } ofLists)
            {
                return new HealthReading(ServerSessionHealthReason.UserIndexFailed, took, ofLists);
            }

            return new HealthReading(
                took > options.SlowAfter ? ServerSessionHealthReason.Slow : ServerSessionHealthReason.Ready,
                took,
                null
            );
        }
        catch (Exception failure)
        {
            var reason =
                !isWriting && store.Move is { } move && await CanReadFirstAsync(move, limit.Token)
                    ? ServerSessionHealthReason.MoveStoreUnavailable
                    : ReasonOf(failure, isWriting);
            return new HealthReading(reason, timeProvider.GetElapsedTime(started), failure);
        }
    }

    /// <summary>
    /// Reads an id that no list has. Also stores a record if the options say so, or if the last list that was to be stored was not: that a
    /// store can be read tells nothing of that.
    /// </summary>
    /// <returns>What the store threw; <see langword="null"/> if it is well.</returns>
    private async Task<Exception?> FindFailureAsync(UserIndex lists, CancellationToken cancellationToken)
    {
        try
        {
            await lists.Store.GetAsync(AbsentKey, cancellationToken);
            if (options.WriteProbe || lists.HasWriteFailed)
            {
                await WriteAsync(lists.Store, cancellationToken);
                lists.HasWriteFailed = false;
            }

            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private static async Task<bool> CanReadFirstAsync(MovingSessionStore move, CancellationToken cancellationToken)
    {
        var first = move.Mode == SessionMoveMode.CarryToNew ? move.NewStore : move.OldStore;
        try
        {
            await first.GetAsync(AbsentKey, cancellationToken);
            return true;
        }
        catch (Exception)
        {
            // The failure that was found before is reported.
            return false;
        }
    }

    private async Task WriteAsync(StoreClient store, CancellationToken cancellationToken)
    {
        var cookie = new SessionCookie(timeProvider) { MaxAge = LifeOfRecord };
        var record = SessionRecord.TakeOwnership(new SessionDocument(cookie.ToJson()).ToPayload(), cookie.Expires);
        await store.SetAsync(_writeKey, record, cancellationToken);
        var isThere = await store.GetAsync(_writeKey, cancellationToken) is not null;
        await store.DestroyAsync(_writeKey, cancellationToken);
        if (!isThere)
        {
            throw new SessionStoreException(
                "The store has acknowledged a record and does not have it. Check that reads go to the server that is written to.",
                SessionStoreOperation.Set,
                store.Backend,
                isTransient: false
            );
        }
    }

    private static ServerSessionHealthReason ReasonOf(Exception failure, bool isWriting) =>
        failure is SessionStoreUnavailableException or OperationCanceledException ? ServerSessionHealthReason.Unavailable
        : isWriting ? ServerSessionHealthReason.WriteFailed
        : ServerSessionHealthReason.Failed;
}

/// <summary>The result of a probe.</summary>
/// <param name="Reason">What was found.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Failure">What the store threw, for the log.</param>
internal readonly record struct HealthReading(ServerSessionHealthReason Reason, TimeSpan Took, Exception? Failure);
