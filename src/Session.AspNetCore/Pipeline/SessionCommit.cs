using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Session;

/// <summary>
/// Brings a request's session to the store and its cookie to the client. Runs before the headers go out and once more when the request
/// ends; each run does only what has come up since the one before.
/// </summary>
internal sealed class SessionCommit(RequestSession request)
{
    private readonly SessionRuntime _runtime = request.Runtime;
    private bool _touched;
    private bool _touchedWithCookie;
    private TimeSpan? _touchedMaxAge;
    private bool _destroyed;
    private bool _failed;
    private bool _saved;
    private string? _committedSid;
    private SessionDocument? _committed;
    private SessionRecord? _committedAtRest;

    /// <summary>Before the headers: stores the session, then sets the cookie, so that no client ever holds the id of a session that is not stored.</summary>
    public async Task CommitHeadersAsync()
    {
        // Touched first: whether a changed session's cookie is sent again depends on its having an expiry by then. Decided before storing, which
        // could end the session.
        Touch();
        var setCookie = request.Session is not null && request.ShouldSetCookie();
        _touchedWithCookie = setCookie && !IsHeldBack(request.Session!);
        await CommitStoreAsync();
        if (_failed)
        {
            return;
        }

        if (request.Session is { } session)
        {
            if (setCookie)
            {
                SendCookie(session);
            }
        }
        else if (request.CookieToClear is { } cookie && _runtime.Options.ClearCookieOnDestroy)
        {
            Append(SetCookie.FormatExpired(_runtime.Options.Name, cookie));
        }
    }

    /// <summary>Stores what is not stored yet. Not tied to the client: one that has gone away still finds its session saved.</summary>
    /// <exception cref="SessionStoreException">The session could not be stored.</exception>
    public async Task CommitStoreAsync()
    {
        if (_failed)
        {
            return;
        }

        try
        {
            if (request.ShouldDestroy())
            {
                await DestroyOnceAsync();
            }
            else if (request.Session is { } session)
            {
                await SaveOrTouchAsync(session);
            }
        }
        catch (Exception failure)
        {
            _failed = true;
            _runtime.Metrics.Failure();
            Log.CommitFailed(_runtime.Logger, failure);
            throw;
        }
    }

    private async ValueTask DestroyOnceAsync()
    {
        if (!_destroyed)
        {
            await _runtime.Store.Store.DestroyAsync(request.Sid!);
            _destroyed = true;
        }
    }

    private async ValueTask SaveOrTouchAsync(ServerSession session)
    {
        Touch();
        if (IsCommitted(session))
        {
            return;
        }

        // What an earlier run saved is saved again where only its cookie changed since, which is no change of content.
        if (request.ShouldSave() || (_saved && !request.IsSavedByApplication))
        {
            if (session.IsNew && session.AtRest is null && request.Context.Response.HasStarted)
            {
                Log.CookieTooLate(_runtime.Logger);
            }

            await request.SaveAsync(CancellationToken.None);
            _saved = true;
            Committed(session);
        }
        else if (_runtime.Store.Touchable is { } store && request.ShouldTouch())
        {
            await store.TouchAsync(session.Id, session.ToRecord());
            Committed(session);
        }
    }

    /// <summary>
    /// Whether an earlier run has brought the session to the store as it is now, and the application has neither saved nor reloaded it since.
    /// </summary>
    private bool IsCommitted(ServerSession session) =>
        _committed is { } committed
        && _committedSid == session.Id
        && ReferenceEquals(_committedAtRest, session.AtRest)
        && committed.ContentEquals(session.Document)
        && committed.CookieJson.Span.SequenceEqual(session.Cookie.ToJson());

    private void Committed(ServerSession session)
    {
        _committedSid = session.Id;
        _committed = session.Document.Clone();
        _committedAtRest = session.AtRest;
    }

    /// <summary>
    /// Once a request, the session's life starts anew: with the cookie that is sent, else at the end. Where the first byte came before that, a
    /// lifetime that was given since counts from the end on.
    /// </summary>
    private void Touch()
    {
        if (request.Session is not { } session)
        {
            return;
        }

        if (!_touched || (!_touchedWithCookie && session.Cookie.OriginalMaxAge != _touchedMaxAge))
        {
            session.Cookie.Touch();
            _touched = true;
            _touchedMaxAge = session.Cookie.OriginalMaxAge;
        }
    }

    private bool IsHeldBack(ServerSession session) =>
        session.Cookie.Secure == true && !SecureTransport.IsUsedBy(request.Context, _runtime.Options.Proxy);

    private void SendCookie(ServerSession session)
    {
        if (IsHeldBack(session))
        {
            _runtime.WarnAboutInsecureTransport();
            return;
        }

        Append(SetCookie.Format(_runtime.Options.Name, _runtime.Signer.Sign(session.Id), session.Cookie));
    }

    private void Append(string setCookie)
    {
        var headers = request.Context.Response.Headers;
        headers.Append(HeaderNames.SetCookie, setCookie);
        if (_runtime.Options.ProtectFromCaches)
        {
            CacheProtection.Apply(headers);
        }
    }
}
