namespace ServerSessions;

/// <summary>
/// The operations that give a session a new id: renew with data and limits kept, renew for a sign-in with new limits, regenerate without
/// the data.
/// </summary>
internal sealed class SessionIdOperations(
    ServerSessionOptions options,
    SessionFactory factory,
    SessionIdCookie idCookie,
    StoreClient store,
    SessionRecords records,
    SessionRenewer renewer,
    SessionRemover remover,
    Tombstones tombstones,
    SessionLifetimes lifetimes,
    FailureReports reports,
    SessionEvents events,
    UserTracking? users
)
{
    /// <summary>The lists of users' sessions; <see langword="null"/> if there are none.</summary>
    public UserTracking? Users => users;

    /// <summary>Signs a user in; see <see cref="ServerSession.SignInAsync"/>.</summary>
    public async ValueTask SignInAsync(RequestSession request, string subject, UserSignIn signIn, CancellationToken cancellationToken)
    {
        if (users is null)
        {
            throw new InvalidOperationException(
                "The user was not signed in: the sessions of users are not tracked. Call AddServerSessions(...).AddUserSessions() first."
            );
        }

        if (UserTracking.LoginOf(request.State!.Document) is { } login && login.Subject != subject)
        {
            await RegenerateAsync(request, SessionEndReason.UserChanged, cancellationToken);
        }
        else if (request.State is not { IsNew: true, AtRest: null })
        {
            // A session of this request has an id that no one can have planted.
            await RenewAsync(request, isSignIn: true, cancellationToken);
        }

        await users.SignInAsync(request, subject, signIn, cancellationToken);
    }

    /// <summary>
    /// Begins an empty session under a new id and destroys the old one; see <see cref="ServerSession.RegenerateAsync"/>.
    /// </summary>
    public async ValueTask RegenerateAsync(RequestSession request, SessionEndReason reason, CancellationToken cancellationToken)
    {
        var next = factory.Create(request.Context, Prepare(request));
        if (request.State is { AtRest: not null } stored)
        {
            await remover.EndAsync(stored, reason, cancellationToken);
        }
        else
        {
            await remover.GiveUpAsync(request);
        }

        request.BecomeUnchanged(next);
        request.TellHeld(HeldMoment.Replaced);
    }

    /// <summary>Gives the session a new id and keeps the data; see <see cref="ServerSession.RenewIdAsync"/>.</summary>
    public async ValueTask RenewAsync(RequestSession request, bool isSignIn, CancellationToken cancellationToken)
    {
        var newSid = Prepare(request);
        var newKey = factory.StoreKeyOf(newSid);
        idCookie.ThrowIfBrowsersDrop(request);
        request.TellHeld(HeldMoment.Saving);

        // Touches now, because the request may take longer than what is left of the idle timeout.
        var before = request.State!;
        before.Cookie.Touch();

        // Otherwise __moved is a key of the application, and stays.
        var hasTombstone = !options.AllowReservedKeys || tombstones.TargetOf(before.StoreKey, before.Document) is not null;
        var moved = before.AtRest is null ? null : await MoveAsync(request, newKey, isSignIn, cancellationToken);
        if (moved is not null && request.IsPastHeaders)
        {
            reports.ReportLateCookie();
        }

        var session = request.State!.RenewedAs(newSid, newKey, moved);
        var keys = session.Document.Keys;
        if (hasTombstone)
        {
            session.Document.Remove(ReservedKeys.Moved);
        }

        if (isSignIn)
        {
            lifetimes.Restart(session.Document);
        }

        request.BecomeUnchanged(session);
        foreach (var key in keys)
        {
            // For the request they are all its own: no other request has stored them under the new id.
            request.OnChanged(key);
        }

        request.IsSigningIn |= isSignIn;
        if (before.AtRest is not null)
        {
            await events.RenewedAsync(session.Document, isSignIn);
        }
    }

    /// <summary>
    /// Returns a new id. Everything that can fail in the application's functions, or that keeps the new cookie from the browser, fails
    /// here, before the old id is left.
    /// </summary>
    private string Prepare(RequestSession request)
    {
        if (request.HasNoResponse)
        {
            throw ResponseRequiredException.ForNewId();
        }

        if (request.IsPastHeaders && !options.AllowNewIdAfterResponseStart)
        {
            throw new InvalidOperationException(
                "The session was not given a new id: the response has started, or the request has ended, so the client cannot get the "
                    + "cookie of the new id. "
                    + "The session is unchanged. Call RenewForSignInAsync, RenewIdAsync or RegenerateAsync before the first byte of "
                    + "the response."
            );
        }

        var newSid = factory.GenerateSid(request.Context);
        if (newSid == request.State!.Sid)
        {
            throw new InvalidOperationException(
                "The session was not given a new id: ServerSessionOptions.GenerateSid returned the id that the session has. The session is "
                    + "as before. GenerateSid must never return an id twice."
            );
        }

        idCookie.ThrowIfBrowsersDropId(newSid);
        return newSid;
    }

    /// <summary>Moves the stored session to the new id, or removes it if the store cannot compare and set.</summary>
    /// <returns>The record under the new id; <see langword="null"/> if nothing is stored there yet.</returns>
    private async ValueTask<SessionRecord?> MoveAsync(
        RequestSession request,
        string newKey,
        bool isSignIn,
        CancellationToken cancellationToken
    )
    {
        records.CheckWrite(request.State!);
        if (!store.IsConditional)
        {
            await remover.DestroyAsync(request.State!, SessionEndReason.Destroyed, cancellationToken);
            return null;
        }

        if (await renewer.MoveAsync(request, newKey, isSignIn, cancellationToken) is { } moved)
        {
            return moved;
        }

        request.End(SessionAbsence.Gone);
        throw new SessionNotFoundException(SessionStoreOperation.TrySet, store.Backend);
    }
}
