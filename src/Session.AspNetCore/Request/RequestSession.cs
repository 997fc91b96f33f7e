using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The session state of one request: its session, its id, and what was stored. The commit rules are express-session's; see
/// <see cref="ShouldSave"/>, <see cref="ShouldTouch"/> and <see cref="ShouldSetCookie"/>.
/// </summary>
internal sealed class RequestSession(HttpContext context, SessionRuntime runtime) : IServerSessionFeature
{
    // The id from the cookie, whether or not the store has it.
    private string? _cookieSid;

    // The session as the request found or created it. A later new id or reload does not change these.
    private string? _originalSid;
    private SessionDocument? _original;

    // The content as it was last stored, or as it was found if it need not be stored again.
    private SessionDocument? _saved;
    private SessionDocument? _savedByApplication;

    private bool _canHaveSession = true;

    public SessionRuntime Runtime { get; } = runtime;

    public HttpContext Context { get; } = context;

    /// <summary>The value of the incoming session cookie, if the current secret has signed it.</summary>
    public StringSegment CookieValue { get; set; }

    /// <summary>The options of this request's cookie; <see langword="null"/> before they are known.</summary>
    public SessionCookieOptions? CookieOptions { get; private set; }

    /// <summary>Whether the application has asked for the session, so that the response depends on the visitor.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>The session, if there is one by now.</summary>
    public ServerSession? Session { get; private set; }

    /// <summary>The request's session id. Not changed by destroy and unset.</summary>
    public string? Sid { get; private set; }

    /// <summary>The session that the application detached from the request.</summary>
    public ServerSession? Unwanted { get; private set; }

    /// <summary>The reason for having no session, for the exception's message.</summary>
    public SessionAbsence Absence { get; private set; }

    /// <summary>
    /// The error that prevented the session from being read or created. The request then has no session, also if the pipeline runs again
    /// for an error page.
    /// </summary>
    public Exception? Failure { get; private set; }

    // A debugger must not create a session.
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    ServerSession? IServerSessionFeature.Session => Use();

    string? IServerSessionFeature.SessionId
    {
        get
        {
            if (Sid is not null)
            {
                OnUsed();
            }

            return Sid;
        }
    }

    /// <summary>Whether a failure of this request has been logged and counted.</summary>
    public bool IsFailureReported { get; set; }

    /// <summary>
    /// Whether the middleware is running for this request. A second middleware is then nested in it, and is not a second run.
    /// </summary>
    public bool IsRunning { get; set; }

    /// <summary>
    /// A further store key to destroy together with this session. If the session was renewed: the key of its successor. If the store does
    /// not find it: its own key, because another instance's clock may still find it. If Node has made a session of its tombstone: the key
    /// of the former session's successor.
    /// </summary>
    public string? EndsToo
    {
        get => field ?? (Session ?? Unwanted)?.MovedTo;
        private set;
    }

    /// <summary>The cookie of a destroyed session that the browser still has.</summary>
    public SessionCookie? CookieToClear { get; private set; }

    /// <summary>
    /// Whether the application itself saved the session with this content. A later change of the cookie alone is then not saved, as in
    /// express-session.
    /// </summary>
    public bool IsSavedByApplication => _savedByApplication is { } saved && saved.ContentEquals(Session!.Document);

    /// <summary>
    /// The commit; <see langword="null"/> as long as there has been no session, so that a request without one has no cost.
    /// </summary>
    public SessionCommit? Commit { get; private set; }

    /// <summary>
    /// Returns the session, or creates one if the request came without. <see langword="null"/> if it was ended, or if the request cannot
    /// have one.
    /// </summary>
    public ServerSession? FindOrCreate()
    {
        if (Session is null && _canHaveSession)
        {
            Generate();
        }

        return Session;
    }

    /// <summary>Returns the session to the application. The response depends on the visitor from then on.</summary>
    public ServerSession? Use()
    {
        var session = FindOrCreate();
        OnUsed();
        return session;
    }

    /// <summary>
    /// Called when the application has got information about the session. A request outside of the cookie's path has none.
    /// </summary>
    public void OnUsed()
    {
        if (Runtime.Options.CacheProtection == SessionCacheProtection.None || Absence == SessionAbsence.PathMismatch)
        {
            return;
        }

        if (!IsUsed && Commit is null && !Context.Response.HasStarted)
        {
            // Without a session there is no commit that protects the headers.
            Context.Response.OnStarting(
                static state =>
                {
                    var request = (RequestSession)state;
                    CacheProtection.Apply(request.Context.Response.Headers, request.Runtime.Options.CacheProtection, hasCookie: false);
                    return Task.CompletedTask;
                },
                this
            );
        }

        IsUsed = true;
        KeepFromServerCaches();
    }

    /// <summary>
    /// Makes the caches in this application skip the response. Called repeatedly, because they may join the pipeline after the session was
    /// used.
    /// </summary>
    public void KeepFromServerCaches()
    {
        if (IsUsed)
        {
            ResponseCaches.Refuse(Context);
        }
    }

    public void BeginWithout(SessionAbsence absence)
    {
        _canHaveSession = false;
        Absence = absence;
    }

    /// <summary>
    /// Adopts what the store has under the id from the cookie. If the store has no session or a tombstone, the id is not adopted.
    /// </summary>
    public void BeginWith(string cookieSid, string key, in SessionReading reading)
    {
        _cookieSid = cookieSid;
        if (reading.Session is not { } loaded)
        {
            EndsToo = reading.MovedTo ?? key;
            return;
        }

        Sid = cookieSid;
        Begin(new ServerSession(this, cookieSid, loaded));
        _saved = Runtime.Options.Resave ? null : _original;

        // After copying for the comparison, because the stamp is a change to save.
        Session!.StampIfMissing();
    }

    /// <summary>
    /// Called if it is unknown whether there is a session, or if none could be created: the request has none, and records the reason.
    /// </summary>
    public void BeginUnavailable(Exception failure)
    {
        Failure = failure;
        BeginWithout(SessionAbsence.Unavailable);
    }

    /// <summary>Creates a new session; express-session's <c>generate</c>.</summary>
    /// <exception cref="Exception">
    /// A function of the application failed: <see cref="ServerSessionOptions.GenerateSid"/> or
    /// <see cref="ServerSessionOptions.CookiePerRequest"/>.
    /// </exception>
    public void Generate()
    {
        try
        {
            var sid = Runtime.Factory.GenerateSid(Context);
            Begin(new ServerSession(this, sid, CreateCookie()));
            Sid = sid;
        }
        catch (Exception failure)
        {
            // An error page that runs next must not call the application's function again.
            BeginUnavailable(failure);
            throw;
        }
    }

    /// <summary>Determines the options of this request's cookie.</summary>
    /// <exception cref="Exception">The application's function failed. The request has no session.</exception>
    public SessionCookieOptions ReadCookieOptions()
    {
        try
        {
            return CookieOptions = Runtime.Factory.CookieOptions(Context);
        }
        catch (Exception failure)
        {
            BeginUnavailable(failure);
            throw;
        }
    }

    /// <summary>Returns the value of the session's cookie. A valid incoming value is sent again: signing returns the same.</summary>
    public ReadOnlySpan<char> SignedSid(ServerSession session) =>
        CookieValue.HasValue && _cookieSid == session.Id && PercentEncoding.IsEncoded(CookieValue)
            ? CookieValue
            : PercentEncoding.Encode(Runtime.Signer.Sign(session.Id));

    public SessionCookie CreateCookie() => Runtime.Factory.CreateCookie(Context);

    /// <summary>Returns an id for a session that is renewed.</summary>
    public string NewSid() => Runtime.Factory.GenerateSid(Context);

    public void OnNewId(string newSid) => Sid = newSid;

    public void OnDestroyed() => Detach(SessionAbsence.Destroyed);

    /// <summary>Called if the session is no longer in the store: the browser may drop its cookie, if it has one.</summary>
    public void ClearCookie(SessionCookie cookie) => CookieToClear = _cookieSid is null ? null : cookie;

    /// <summary>Detaches the session; <c>req.session = null</c> in JavaScript.</summary>
    public void Unset()
    {
        if (Use() is null)
        {
            return;
        }

        if (Runtime.Options.Unset == SessionUnset.Destroy)
        {
            ClearCookie(Session!.Cookie);
        }

        Unwanted = Session;
        Detach(SessionAbsence.Unset);
    }

    /// <summary>Called if another request ended the session during this one: there is nothing to save.</summary>
    public void OnGone() => Detach(SessionAbsence.Destroyed);

    public async ValueTask SaveForApplicationAsync(CancellationToken cancellationToken)
    {
        var session = Session!;
        session.ThrowIfBrowsersDropCookie();
        _savedByApplication = session.Document.Clone();
        await Runtime.Writer.WriteAsync(session, cancellationToken);
        OnSaved(session);
    }

    /// <summary>Called after the session was stored in its current state.</summary>
    public void OnSaved(ServerSession session) => _saved = session.Document.Clone();

    /// <summary>Whether a session that was detached from the request must be destroyed.</summary>
    public bool ShouldDestroy() => Runtime.Options.Unset == SessionUnset.Destroy && Unwanted is not null;

    public bool ShouldSave() => !Runtime.Options.SaveUninitialized && _saved is null && _cookieSid != Sid ? IsModified() : !IsSaved();

    public bool ShouldTouch() => _cookieSid == Sid && !ShouldSave();

    public bool ShouldSetCookie() =>
        _cookieSid != Sid
            ? Runtime.Options.SaveUninitialized || IsModified()
            : Runtime.Options.Rolling || (Session!.Cookie.HasExpires && IsModified());

    private bool IsModified() => _originalSid != Session!.Id || !_original!.ContentEquals(Session.Document);

    private bool IsSaved() => _originalSid == Session!.Id && _saved is not null && _saved.ContentEquals(Session.Document);

    private void Begin(ServerSession session)
    {
        Session = session;
        _originalSid = session.Id;
        _original = session.Document.Clone();
        Commit ??= SessionCommit.Start(this);
    }

    private void Detach(SessionAbsence absence)
    {
        _canHaveSession = false;
        Absence = absence;
        Session?.End();
        Session = null;
    }
}
