using System.Runtime.CompilerServices;

namespace ServerSessions;

/// <summary>
/// Writes a session to the store. If the store can compare and set, keys that other requests wrote in the meantime are kept, and a
/// destroyed session stays destroyed.
/// </summary>
internal sealed class SessionWriter(SessionRuntime runtime)
{
    // 64 parallel writers of one session need one or two attempts each on average. More attempts have another cause.
    public const int MaxAttempts = 64;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(256);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ServerSession session, CancellationToken cancellationToken)
    {
        if (!runtime.Store.IsConditional)
        {
            var record = session.ToRecord();
            await runtime.Store.SetAsync(session.Key, record, cancellationToken);
            session.OnStored(record);
            return;
        }

        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var record = session.ToRecord();
            switch (await runtime.Store.TrySetAsync(session.Key, record, session.AtRest, cancellationToken))
            {
                case ConditionalSetResult.Stored:
                    session.OnStored(record);
                    return;
                case ConditionalSetResult.Missing:
                    Drop(session);
                    return;
            }

            if (session.AtRest is null)
            {
                throw SidInUse();
            }

            if (!await RebaseAsync(session, attempt, cancellationToken))
            {
                Drop(session);
                return;
            }
        }

        throw TooManyConflicts();
    }

    /// <summary>Waits a little after another request has written, so that they do not collide again, and adopts what it wrote.</summary>
    /// <returns>Whether the session still exists.</returns>
    public async ValueTask<bool> RebaseAsync(ServerSession session, int attempt, CancellationToken cancellationToken)
    {
        runtime.Metrics.Conflict();
        await Task.Delay(Jitter(attempt), runtime.PauseClock, cancellationToken);
        if (await runtime.Loader.GetAsync(session.Key, cancellationToken) is not { } fresh)
        {
            return false;
        }

        session.Rebase(fresh);
        return true;
    }

    public SessionStoreException SidInUse() =>
        new(
            "A new session was not stored: its id is already in use. ServerSessionOptions.GenerateSid must never return an id twice.",
            SessionStoreOperation.TrySet,
            runtime.Store.Backend,
            isTransient: false
        );

    public SessionStoreException TooManyConflicts() =>
        new(
            $"The session was not stored: other requests changed it before each of {MaxAttempts} attempts. Make fewer parallel "
                + $"requests write to one session.",
            SessionStoreOperation.TrySet,
            runtime.Store.Backend,
            isTransient: true
        );

    private static TimeSpan Jitter(int attempt)
    {
        var ceiling = Math.Min(LongestDelay.TotalMilliseconds, FirstDelay.TotalMilliseconds * Math.Pow(2, attempt - 1));

        // A timer has whole milliseconds: less would be no delay.
        return TimeSpan.FromMilliseconds(1 + (Random.Shared.NextDouble() * (ceiling - 1)));
    }

    private void Drop(ServerSession session)
    {
        runtime.Metrics.Dropped();
        Log.ChangesDropped(runtime.Logger);
        session.OnGone();
    }
}
