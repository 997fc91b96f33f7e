using System.Runtime.CompilerServices;

namespace ServerSessions.Stores;

/// <summary>One of the two stores of a move. Its exceptions say which of the two it is.</summary>
internal sealed class MoveSide
{
    public const string Old = "old";
    public const string New = "new";

    private readonly IConditionalSessionStore _store;

    /// <exception cref="ArgumentException">The store cannot compare and set.</exception>
    public MoveSide(ISessionStore store, string name)
    {
        _store = store as IConditionalSessionStore
            ?? throw new ArgumentException(
                $"The {name} session store ({store.Backend}) cannot take part in a move: it does not implement "
                    + $"{nameof(IConditionalSessionStore)}, so a session could be lost or come back. Use a store that does.",
                nameof(store)
            );
        (Name, Backend) = (name, store.Backend);
    }

    /// <summary><see cref="Old"/> or <see cref="New"/>.</summary>
    public string Name { get; }

    public string Backend { get; }

    public ISessionStore Store => _store;

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (_store is IOpenableSessionStore openable)
        {
            await CallAsync(SessionStoreOperation.Open, () => DoneAsync(openable.OpenAsync(cancellationToken))).ConfigureAwait(false);
        }
    }

    public async ValueTask<Slot> ReadAsync(string sid, CancellationToken cancellationToken) =>
        SlotFormat.Read(
            await CallAsync(SessionStoreOperation.Get, () => _store.GetAsync(sid, cancellationToken)).ConfigureAwait(false)
        );

    /// <summary>Reads and touches in one step. The store must be able to.</summary>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken) =>
        CallAsync(
            SessionStoreOperation.Get,
            () => ((IGetAndTouchSessionStore)_store).GetAndTouchAsync(sid, plan, cancellationToken)
        );

    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken
    ) => CallAsync(SessionStoreOperation.TrySet, () => _store.TrySetAsync(sid, record, expected, cancellationToken));

    /// <summary>Moves an expiry; by a write if the store cannot touch.</summary>
    /// <returns>Whether it was moved. Otherwise the slot has changed.</returns>
    public async ValueTask<bool> TouchAsync(string sid, SessionRecord record, Slot held, CancellationToken cancellationToken)
    {
        if (_store is ITouchableSessionStore touchable)
        {
            return await CallAsync(SessionStoreOperation.Touch, () => touchable.TouchAsync(sid, record, cancellationToken))
                .ConfigureAwait(false);
        }

        var touched = SessionRecord.TakeOwnership(held.Session!.Payload, record.Expires);
        return await TrySetAsync(sid, touched, held.AtRest, cancellationToken).ConfigureAwait(false) == ConditionalSetResult.Stored;
    }

    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken) =>
        await CallAsync(SessionStoreOperation.Destroy, () => DoneAsync(_store.DestroyAsync(sid, cancellationToken))).ConfigureAwait(false);

    /// <summary>Lists the sessions, and what stands in place of one. The store must be able to.</summary>
    public async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var entries = ((IEnumerableSessionStore)_store).AllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (entries.ConfigureAwait(false))
        {
            while (await CallAsync(SessionStoreOperation.All, entries.MoveNextAsync).ConfigureAwait(false))
            {
                yield return entries.Current;
            }
        }
    }

    public async ValueTask ClearAsync(CancellationToken cancellationToken) =>
        await CallAsync(
            SessionStoreOperation.Clear,
            () => DoneAsync(((IEnumerableSessionStore)_store).ClearAsync(cancellationToken))
        ).ConfigureAwait(false);

    /// <summary>Makes a call. What means "no such entry" in a get becomes the default value.</summary>
    public async ValueTask<T> CallAsync<T>(SessionStoreOperation operation, Func<ValueTask<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception failure) when (operation == SessionStoreOperation.Get && IsAbsence(failure))
        {
            return default!;
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or ArgumentException or ObjectDisposedException))
        {
            throw Named(operation, failure);
        }
    }

    public static async ValueTask<bool> DoneAsync(ValueTask call)
    {
        await call.ConfigureAwait(false);
        return true;
    }

    /// <summary>Returns the failure of a call of this store, with the store's place in the move.</summary>
    private SessionStoreException Named(SessionStoreOperation operation, Exception failure)
    {
        var message = $"The {Name} session store of the move ({Backend}) failed. {failure.Message}";
        return failure switch
        {
            SessionStoreUnavailableException away => new SessionStoreUnavailableException(message, away.Operation, Backend, away),
            SessionStoreException typed => new SessionStoreException(message, typed.Operation, Backend, typed.IsTransient, typed),
            _ => new SessionStoreException(
                $"The {Name} session store of the move ({Backend}) failed with {failure.GetType().Name}. The inner exception has the "
                    + "cause.",
                operation,
                Backend,
                isTransient: true,
                failure
            ),
        };
    }

    private bool IsAbsence(Exception failure) =>
        failure is SessionNotFoundException
        || (_store.MissingFileMeansAbsent && failure is FileNotFoundException or DirectoryNotFoundException);
}
