using ServerSessions.Tool.Opening;

namespace ServerSessions.Tool.Sessions;

/// <summary>What became of a session that was to be ended.</summary>
internal enum EndResult
{
    Ended,

    /// <summary>It was over already.</summary>
    Absent,

    /// <summary>It was renewed: under this id there is only a tombstone.</summary>
    Renewed,
}

/// <summary>Ends sessions. A session that a request changes meanwhile ends too; one that it renews is reported.</summary>
internal sealed class SessionEnding(OpenedStore store)
{
    /// <summary>Whether no session is under an id: nothing, or a tombstone.</summary>
    public async Task<bool> IsOverAsync(string sid, CancellationToken cancellationToken) =>
        await store.Store.GetAsync(sid, cancellationToken) is not { } record
        || store.Read(new SessionEntry(sid, record)).Kind == SessionKind.Tombstone;

    public async Task<EndResult> EndAsync(string sid, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await store.Store.GetAsync(sid, cancellationToken) is not { } record)
            {
                return EndResult.Absent;
            }

            if (store.Read(new SessionEntry(sid, record)).Kind == SessionKind.Tombstone)
            {
                return EndResult.Renewed;
            }

            if (store.Conditional is null)
            {
                await store.Store.DestroyAsync(sid, cancellationToken);
                return EndResult.Ended;
            }

            // An expiry that has passed removes what is stored, if it is still what was read.
            var end = SessionRecord.TakeOwnership(record.Payload, DateTimeOffset.UnixEpoch);
            if (await store.Conditional.TrySetAsync(sid, end, record, cancellationToken) == ConditionalSetResult.Stored)
            {
                return EndResult.Ended;
            }
        }
    }
}
