namespace ServerSessions;

/// <summary>Stores the session of a scope. What there is for a response, cookies above all, does not apply.</summary>
internal sealed class ScopeCommit(SessionWriter writer, SessionIdCookie idCookie, string backend)
{
    /// <inheritdoc cref="ServerSessionScope.SaveAsync"/>
    public async ValueTask SaveAsync(RequestSession request, CancellationToken cancellationToken)
    {
        if (request.Absence is SessionAbsence.Destroyed or SessionAbsence.Ending)
        {
            return;
        }

        request.TellHeld(HeldMoment.Committing);
        await writer.ExtendLeaseAsync(request);
        if (request.Live is not { } session)
        {
            throw Gone();
        }

        if (HasChanged(request, session) || (!session.KeepsExpiry && !writer.CanTouch))
        {
            idCookie.ThrowIfBrowsersDrop(request);
            await writer.WriteAsync(request, cancellationToken);
        }
        else if (session.KeepsExpiry || session.IsTouched)
        {
            // A key that was stored by itself has moved the expiry.
            return;
        }
        else if (!await writer.TouchAsync(session, cancellationToken))
        {
            request.End(SessionAbsence.Gone);
        }

        if (request.Live is null)
        {
            throw Gone();
        }

        request.OnStored(StoredBy.Application);
    }

    private bool HasChanged(RequestSession request, SessionState session) =>
        !(request.History.Stored?.Document ?? request.History.Original).ContentEquals(session.Document)
        || !writer.HasCookieAtRest(session);

    private SessionNotFoundException Gone() => new(SessionStoreOperation.TrySet, backend);
}
