namespace ServerSessions;

/// <summary>The operations of a session that do not change its id: destroy, reload, save.</summary>
internal sealed class SessionOperations(
    StoreClient store,
    SessionLoader loader,
    SessionWriter writer,
    SessionRemover remover,
    SessionLifetimes lifetimes,
    SessionIdCookie idCookie,
    KeyWriter keyWriter
)
{
    /// <summary>
    /// Changes one key in one step with what is stored; see <see cref="ServerSession.TakeJsonAsync"/> and
    /// <see cref="ServerSession.UpdateJsonAsync"/>.
    /// </summary>
    public ValueTask ChangeKeyAsync(
        RequestSession request,
        string key,
        Func<ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?> change,
        CancellationToken cancellationToken
    ) => keyWriter.ChangeAsync(request, key, change, cancellationToken);

    /// <summary>Destroys the session; see <see cref="ServerSession.DestroyAsync"/>.</summary>
    public async ValueTask DestroyAsync(RequestSession request, SessionEndReason reason, CancellationToken cancellationToken)
    {
        request.End(SessionAbsence.Ending);
        await remover.EndAsync(request, reason, cancellationToken);
        request.End(SessionAbsence.Destroyed);
    }

    /// <summary>Reads the session again; see <see cref="ServerSession.ReloadAsync"/>.</summary>
    public async ValueTask ReloadAsync(RequestSession request, CancellationToken cancellationToken)
    {
        var session = request.State!;
        var fresh =
            await loader.GetAsync(session.Sid, session.StoreKey, cancellationToken)
            ?? throw new SessionNotFoundException(SessionStoreOperation.Get, store.Backend);
        SessionLifetimes.KeepEarlierBeginning(session.Document, fresh.Document);
        lifetimes.StampIfMissing(fresh.Document);
        request.BecomeUnchanged(
            fresh with
            {
                IsNew = session.IsNew,
                Left = session.Left,
                KeepsExpiry = session.KeepsExpiry,
            }
        );
        request.TellHeld(HeldMoment.Replaced);
    }

    /// <summary>Stores the session as it is; see <see cref="ServerSession.SaveAsync"/>.</summary>
    public async ValueTask SaveAsync(RequestSession request, CancellationToken cancellationToken)
    {
        request.TellHeld(HeldMoment.Saving);
        idCookie.ThrowIfBrowsersDrop(request);
        await writer.WriteAsync(request, cancellationToken);
        request.OnStored(StoredBy.Application);
    }
}
