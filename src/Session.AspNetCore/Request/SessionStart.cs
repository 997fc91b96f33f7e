using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Begins the session of a request: reads the one of its cookie, or creates one. An id that the store does not know is not adopted.
/// </summary>
internal sealed class SessionStart(
    string name,
    ServerSessionOptions options,
    StoreClient store,
    SessionIdCookie idCookie,
    SessionFactory factory,
    SessionLoader loader,
    SessionLifetimes lifetimes,
    SessionImport? import,
    SessionTelemetry telemetry,
    SessionEvents events,
    UserTracking? users,
    Func<RequestSession, ServerSession> newSession,
    Func<RequestSession, SessionCommit> newCommit,
    Func<string, ServerSessionReference> newReference
)
{
    /// <summary>The name under which the sessions are registered; empty for those without one.</summary>
    public string Name => name;

    /// <summary>The name of the cookie.</summary>
    public string CookieName => options.Cookie.Name;

    /// <summary>Whether every request without a session gets one at once.</summary>
    public bool IsEager => options.SaveUninitialized || options.GenerateSid is not null;

    /// <summary>Whether a request has its session only after its device was compared.</summary>
    public bool ComparesDevices => options.IsOtherDevice is not null;

    public SessionCacheProtection CacheProtection => options.CacheProtection;

    /// <summary>Determines the options of this request's cookie.</summary>
    /// <exception cref="Exception">The application's function failed. The request has no session.</exception>
    public void ReadCookieOptions(RequestSession request)
    {
        try
        {
            request.Incoming = new IncomingCookie(factory.CookieOptions(request.Context), null, default, null);
        }
        catch (Exception failure)
        {
            request.BeginUnavailable(failure);
            throw;
        }
    }

    /// <summary>
    /// Reads the session of a request's cookie, if it has one and may use it. Otherwise imports the one of another library's cookie.
    /// </summary>
    /// <exception cref="SessionStoreUnavailableException">
    /// The store is disconnected. <see cref="IncomingCookie.Sid"/> is then <see langword="null"/>.
    /// </exception>
    /// <exception cref="SessionStoreException">The session could not be read.</exception>
    public async ValueTask ReadAsync(RequestSession request, CancellationToken cancellationToken)
    {
        if (FindSid(request, out var isForged) is { } sid)
        {
            await ReadAsync(request, sid, cancellationToken);
        }
        else if (isForged)
        {
            await events.RejectedAsync(SessionRejection.Forged);
        }

        if (import is not null && request is { State: null, Absence: SessionAbsence.None })
        {
            await import.RunAsync(request, cancellationToken);
        }
    }

    /// <summary>Reads the session of an id.</summary>
    /// <exception cref="SessionStoreException">The session could not be read.</exception>
    public async ValueTask ReadAsync(RequestSession request, string sid, CancellationToken cancellationToken)
    {
        var key = factory.StoreKeyOf(sid);
        request.Incoming = request.Incoming with { Sid = sid };
        var isExtended = (request.Rules & EndpointRules.NotExtended) == 0;
        var reading = await LoadAsync(request, sid, key, isExtended, cancellationToken);
        if (reading.Session is not { } session)
        {
            request.Incoming = request.Incoming with { RefusedStoreKey = reading.SuccessorKey ?? key };
            if (reading.Rejection is { } reason && !request.HasNoResponse)
            {
                await events.RejectedAsync(reason);
            }

            return;
        }

        // Work outside of a request has the device of the request from which it got the id.
        if (
            !request.HasNoResponse
            && options.IsOtherDevice is { } isOther
            && isOther(request.Context, ToReadOnly(request.Context, session))
        )
        {
            await events.RejectedAsync(SessionRejection.OtherDevice, session.Document);
            return;
        }

        request.Begin(isExtended ? session : session with { KeepsExpiry = true });

        // After it was copied for the comparison, because the stamp is a change to save.
        lifetimes.StampIfMissing(session.Document);
    }

    /// <summary>Looks for the user of a session that was read, if sessions may have one that was not signed in here.</summary>
    public void Adopt(RequestSession request, ServerSession? session)
    {
        if (users is { Adopts: true } && session is not null)
        {
            users.Adopt(request, session);
        }
    }

    /// <summary>Returns the object with which the application works with a request's session.</summary>
    public ServerSession NewSession(RequestSession request) => newSession(request);

    /// <summary>Returns what commits a request's session.</summary>
    public SessionCommit NewCommit(RequestSession request) => newCommit(request);

    /// <summary>Returns a reference to the session of an id, which outlives the request.</summary>
    public ServerSessionReference NewReference(string sid) => newReference(sid);

    /// <summary>Creates a new session; express-session's <c>generate</c>.</summary>
    /// <exception cref="Exception">
    /// A function of the application failed: <see cref="ServerSessionOptions.GenerateSid"/> or
    /// <see cref="ServerSessionOptions.CookiePerRequest"/>.
    /// </exception>
    public void Create(RequestSession request)
    {
        try
        {
            request.Begin(factory.Create(request.Context, factory.GenerateSid(request.Context)));
        }
        catch (Exception failure)
        {
            // An error page that runs next must not call the application's function again.
            request.BeginUnavailable(failure);
            throw;
        }
    }

    private async ValueTask<SessionReading> LoadAsync(
        RequestSession request,
        string sid,
        string key,
        bool isExtended,
        CancellationToken cancellationToken
    )
    {
        var load = telemetry.BeginLoad();
        try
        {
            // A read for another device must not extend the session.
            var isTouched = isExtended && options.IsOtherDevice is null;
            var reading = await loader.BeginAsync(sid, key, request.Incoming.Options!, isTouched, cancellationToken);
            telemetry.EndLoad(load, reading.Outcome);
            return reading;
        }
        catch (Exception failure)
        {
            telemetry.EndLoad(load, failure);
            throw;
        }
    }

    /// <summary>Returns the object of a session that the request does not have yet.</summary>
    private ServerSession ToReadOnly(HttpContext context, SessionState session)
    {
        var looking = new RequestSession(context) { Rules = EndpointRules.ReadOnly };
        looking.Begin(session);
        return newSession(looking);
    }

    /// <summary>Returns the id of the session to read, if the request has one and may use it.</summary>
    private string? FindSid(RequestSession request, out bool isForged)
    {
        isForged = false;
        if (!RequestPath.IsWithin(request.Context, request.Incoming.Options!.Path))
        {
            request.BeginWithout(SessionAbsence.PathMismatch);
            return null;
        }

        var isDisconnected = store.IsDisconnected;
        if (isDisconnected && options.WhenDisconnected == SessionDisconnectedBehavior.ContinueWithoutSession)
        {
            request.BeginWithout(SessionAbsence.Disconnected);
            return null;
        }

        var sid = idCookie.Find(request.Context, out var signed, out isForged);
        if (isDisconnected && sid is not null)
        {
            throw new SessionStoreUnavailableException(
                "The session of this request was not read: the store is disconnected. It is tried again as soon as the store reports a "
                    + "connection.",
                SessionStoreOperation.Get,
                store.Backend
            );
        }

        request.Incoming = request.Incoming with { Value = signed };
        return sid;
    }
}
