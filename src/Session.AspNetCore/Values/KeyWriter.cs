namespace ServerSessions;

/// <summary>
/// Changes one key of a session in one step with what is stored: reads, changes and stores by compare-and-set, until no other request was
/// in between. The other changes of the request stay unsaved.
/// </summary>
internal sealed class KeyWriter(
    StoreClient store,
    SessionRecords records,
    SessionWriter writer,
    ApplicationKeys keys,
    SessionTelemetry telemetry,
    SessionEvents events
)
{
    /// <summary>Changes a key.</summary>
    /// <param name="request">The request. If the session is gone, the request has none afterwards.</param>
    /// <param name="key">The key.</param>
    /// <param name="change">
    /// Returns the new JSON for the current one; <see langword="null"/> for both means absent. Called again for each attempt.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ConditionalStoreRequiredException">Sessions are not stored by compare-and-set.</exception>
    /// <exception cref="SessionNotFoundException">Another request has ended the session or given it a new id.</exception>
    public async ValueTask ChangeAsync(
        RequestSession request,
        string key,
        Func<ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?> change,
        CancellationToken cancellationToken
    )
    {
        keys.ThrowIfReserved(key);
        store.ThrowIfNotConditional();
        cancellationToken.ThrowIfCancellationRequested();
        request.TellHeld(HeldMoment.Saving);
        if (request.State is { AtRest: null } unstored)
        {
            // No other request has the id of a session that is not stored.
            keys.Change(request, key, change(keys.Find(unstored.Document, key)));
            return;
        }

        var isCommitted = request.History.Stored?.IsCommittedAs(request.State!) == true;
        var storeKey = request.State!.StoreKey;
        var turn = await store.Writers.EnterAsync(storeKey, cancellationToken);
        try
        {
            writer.Adopt(request, turn.Latest);
            var isLatest = false;
            for (var attempt = 1; attempt <= BackOff.MaxAttempts; attempt++)
            {
                var session = request.State!;
                var stored = records.WithoutChanges(session);
                ReadOnlyMemory<byte>? changed = null;
                SessionRecord? record = null;
                try
                {
                    changed = change(keys.Find(session.Document, key));
                    if (!IsSame(keys.Find(stored.Document, key), changed))
                    {
                        keys.CheckChange(session.Document, key, changed);
                        keys.CheckChange(stored.Document, key, changed);
                        Apply(stored.Document, key, changed);
                        record = records.ToRecord(stored);
                    }
                    else if (isLatest)
                    {
                        OnStored(request, session, stored, key, changed, isCommitted);
                        return;
                    }
                }
                catch when (!isLatest)
                {
                    // Decided below.
                }

                if (record is null)
                {
                    // That nothing is to be stored, or that the change is refused, is decided on what is stored now. What was read when the
                    // request began, or stored by the writer in front, may be outdated.
                    isLatest = await writer.AdoptAsync(request, cancellationToken) ? true : throw Gone(request);
                    continue;
                }

                var isEnd = records.IsEnd(record);
                switch (await store.TrySetOnceAsync(storeKey, record, session.AtRest, cancellationToken))
                {
                    case ConditionalSetResult.Stored:
                        turn.Leave(record);
                        OnStored(request, records.AfterStoringKey(session, record, isEnd), stored, key, changed, isCommitted);
                        telemetry.Saved(attempt, record.Payload.Length);
                        await events.ChangedAsync(stored.Document, events.WantsChangedKeys ? [key] : null);
                        return;
                    case ConditionalSetResult.Missing:
                        throw Gone(request);
                    case ConditionalSetResult.Uncertain:
                        throw Uncertain();
                }

                turn = await writer.AgainAsync(turn, storeKey, attempt, cancellationToken);
                if (!await writer.AdoptAsync(request, turn.Latest, cancellationToken))
                {
                    throw Gone(request);
                }

                isLatest = turn.Latest is null;
            }
        }
        catch (SessionStoreException failure) when (failure is not SessionNotFoundException)
        {
            turn.Dissolve();
            throw;
        }
        finally
        {
            turn.Leave();
        }

        throw writer.TooManyConflicts();
    }

    private static void OnStored(
        RequestSession request,
        SessionState session,
        SessionState stored,
        string key,
        ReadOnlyMemory<byte>? json,
        bool isCommitted
    )
    {
        Apply(session.Document, key, json);
        request.OnKeyStored(session, key, stored, isCommitted);
    }

    private static void Apply(Payload.SessionDocument document, string key, ReadOnlyMemory<byte>? json)
    {
        if (json is { } value)
        {
            document.SetJson(key, value);
        }
        else
        {
            document.Remove(key);
        }
    }

    private static bool IsSame(ReadOnlyMemory<byte>? left, ReadOnlyMemory<byte>? right) =>
        left is { } some && right is { } other ? some.Span.SequenceEqual(other.Span) : left is null && right is null;

    private SessionStoreUnavailableException Uncertain() =>
        new(
            "The value was taken or updated, or not: the store lost the connection, and another request has changed the session since. "
                + "Read the session again before another attempt.",
            SessionStoreOperation.TrySet,
            store.Backend
        );

    private SessionNotFoundException Gone(RequestSession request)
    {
        request.End(SessionAbsence.Gone);
        return new SessionNotFoundException(SessionStoreOperation.TrySet, store.Backend);
    }
}
