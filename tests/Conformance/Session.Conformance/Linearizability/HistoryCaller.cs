using ServerSessions.Payload;

namespace ServerSessions.Conformance;

/// <summary>
/// Makes calls on a store and records them in a <see cref="SessionHistory"/>. Each method returns and throws what the store's does. An
/// exception of a write other than <see cref="ArgumentException"/> and <see cref="SessionPayloadException"/> is recorded as an unknown
/// outcome.
/// </summary>
/// <remarks>Safe for concurrent use. A method of an interface that the store lacks throws <see cref="NotSupportedException"/>.</remarks>
public sealed class HistoryCaller
{
    private readonly SessionHistory _history;
    private readonly bool _missingFileMeansAbsent;

    internal HistoryCaller(SessionHistory history, ISessionStore store, string name)
    {
        (_history, Store, Name) = (history, store, name);
        _missingFileMeansAbsent = store.MissingFileMeansAbsent;
    }

    /// <summary>The name of the caller in counterexamples.</summary>
    public string Name { get; }

    /// <summary>The store.</summary>
    public ISessionStore Store { get; }

    /// <summary>Calls <see cref="ISessionStore.GetAsync"/>.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The record; <see langword="null"/> if the session is absent in any form that the contract allows.</returns>
    public Task<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        RecordAsync(
            Begin(sid, HistoryCallKind.Get),
            sid,
            async () =>
            {
                try
                {
                    return await Store.GetAsync(sid, cancellationToken);
                }
                catch (Exception error) when (IsAbsence(error))
                {
                    return null;
                }
            },
            static (call, session, record) => Saw(call, session, record)
        );

    /// <summary>Calls <see cref="ISessionStore.SetAsync"/>.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the write is acknowledged.</returns>
    public Task SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return RecordAsync(
            Begin(sid, HistoryCallKind.Set, record.Expires, record.Payload),
            sid,
            async () =>
            {
                await Store.SetAsync(sid, record, cancellationToken);
                return true;
            },
            static (_, _, _) => { }
        );
    }

    /// <summary>Calls <see cref="ISessionStore.DestroyAsync"/>.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the session can no longer be read.</returns>
    public Task DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
        RecordAsync(
            Begin(sid, HistoryCallKind.Destroy),
            sid,
            async () =>
            {
                await Store.DestroyAsync(sid, cancellationToken);
                return true;
            },
            static (_, _, _) => { }
        );

    /// <summary>Calls <see cref="ITouchableSessionStore.TouchAsync"/>.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="record">The new expiry.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the session was there.</returns>
    public Task<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        _history.Touch(sid, record.Payload);
        return RecordAsync(
            Begin(sid, HistoryCallKind.Touch, record.Expires),
            sid,
            async () => await As<ITouchableSessionStore>().TouchAsync(sid, record, cancellationToken),
            static (call, _, found) => call.Touched = found
        );
    }

    /// <summary>Calls <see cref="IGetAndTouchSessionStore.GetAndTouchAsync"/>.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="plan">Which sessions to touch, and the new expiry.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The record, and whether its expiry was moved.</returns>
    public Task<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken = default) =>
        RecordAsync(
            Begin(sid, HistoryCallKind.GetAndTouch, plan.Expires, prefix: plan.Prefix),
            sid,
            async () =>
            {
                try
                {
                    return await As<IGetAndTouchSessionStore>().GetAndTouchAsync(sid, plan, cancellationToken);
                }
                catch (Exception error) when (IsAbsence(error))
                {
                    return default;
                }
            },
            static (call, session, result) =>
            {
                Saw(call, session, result.Record);
                call.Touched = result.IsTouched;
            }
        );

    /// <summary>Calls <see cref="IConditionalSessionStore.TrySetAsync"/>.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="record">The record to store.</param>
    /// <param name="expected">The expected record; <see langword="null"/>: absence.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What happened.</returns>
    public Task<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(record);
        return RecordAsync(
            Begin(sid, HistoryCallKind.TrySet, record.Expires, record.Payload, expected),
            sid,
            async () => await As<IConditionalSessionStore>().TrySetAsync(sid, record, expected, cancellationToken),
            static (call, _, result) => call.Result = result
        );
    }

    /// <summary>
    /// Calls <see cref="IEnumerableSessionStore.ClearAsync"/>: a destroy of each session that the history knows.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the sessions can no longer be read.</returns>
    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        var calls = BeginForAll(HistoryCallKind.Destroy, "clear");
        try
        {
            await As<IEnumerableSessionStore>().ClearAsync(cancellationToken);
        }
        catch (Exception error)
        {
            calls.ForEach(one => Failed(one.Call, one.Sid, error));
            throw;
        }

        calls.ForEach(one => _history.End(one.Call, one.Sid, static (_, _) => { }));
    }

    /// <summary>
    /// Reads the whole of <see cref="IEnumerableSessionStore.AllAsync"/>: a get of each session that the history knows when it begins.
    /// </summary>
    /// <param name="between">Called after each entry, so that a test can write meanwhile; may be <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The entries.</returns>
    public async Task<IReadOnlyList<SessionEntry>> ListAsync(
        Func<SessionEntry, Task>? between = null,
        CancellationToken cancellationToken = default
    )
    {
        var calls = BeginForAll(HistoryCallKind.Get, "all");
        var entries = new List<SessionEntry>();
        try
        {
            await foreach (var entry in As<IEnumerableSessionStore>().AllAsync(cancellationToken))
            {
                entries.Add(entry);
                await (between?.Invoke(entry) ?? Task.CompletedTask);
            }
        }
        catch (Exception error)
        {
            calls.ForEach(one => Failed(one.Call, one.Sid, error));
            throw;
        }

        var listed = entries.ToLookup(static entry => entry.Sid, static entry => entry.Record, StringComparer.Ordinal);
        calls.ForEach(one =>
            _history.End(one.Call, one.Sid, (call, session) => Saw(call, session, listed[one.Sid].FirstOrDefault()))
        );
        return entries;
    }

    private static void Saw(HistoryCall call, SessionCalls session, SessionRecord? record)
    {
        call.Read = record is null ? HistoryContents.None : session.Contents.Find(record.Payload);
        call.ReadExpires = record?.Expires;
    }

    private List<(HistoryCall Call, string Sid)> BeginForAll(HistoryCallKind kind, string via) =>
        [.. _history.Sessions.Select(session => (Begin(session.Sid, kind, via: via), session.Sid))];

    private HistoryCall Begin(
        string sid,
        HistoryCallKind kind,
        DateTimeOffset? asked = null,
        ReadOnlyMemory<byte>? written = null,
        SessionRecord? expected = null,
        ReadOnlyMemory<byte> prefix = default,
        string? via = null
    ) =>
        _history.Begin(
            sid,
            written,
            start => new HistoryCall(kind, Name)
            {
                Start = start.Order,
                Earliest = start.At,
                Written = start.Written,
                ExpectedPayload = expected?.Payload,
                Asked = asked,
                Prefix = prefix.ToArray(),
                Via = via,
            }
        );

    private async Task<T> RecordAsync<T>(HistoryCall call, string sid, Func<Task<T>> run, Action<HistoryCall, SessionCalls, T> result)
    {
        T value;
        try
        {
            value = await run();
        }
        catch (Exception error)
        {
            Failed(call, sid, error);
            throw;
        }

        _history.End(call, sid, (ended, session) => result(ended, session, value));
        return value;
    }

    /// <summary>A read that failed and a write that was refused have no effect; any other may have one, now or later.</summary>
    private void Failed(HistoryCall call, string sid, Exception error)
    {
        if (call.Kind == HistoryCallKind.Get || error is ArgumentException or SessionPayloadException or NotSupportedException)
        {
            _history.Forget(call, sid);
        }
    }

    private bool IsAbsence(Exception error) =>
        error is SessionNotFoundException || (_missingFileMeansAbsent && error is FileNotFoundException or DirectoryNotFoundException);

    private T As<T>()
        where T : class, ISessionStore =>
        Store as T ?? throw new NotSupportedException($"{Store.GetType().Name} does not implement {typeof(T).Name}.");
}
