using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The state of sessions in one request: which session there is, under which id, and what was stored of it. The commit rules are
/// express-session's; see <see cref="ShouldSave"/>, <see cref="ShouldTouch"/> and <see cref="ShouldSetCookie"/>.
/// </summary>
internal sealed class RequestSession(HttpContext context, SessionRuntime runtime) : IServerSessionFeature
{
    // The id that came in the cookie, whether or not the store knows it.
    private string? _cookieSid;

    // The session as the request found or made it first; a later new id or reload does not change these.
    private string? _originalSid;
    private SessionDocument? _original;

    // The content as it was last stored, or as it was found where that need not be stored again.
    private SessionDocument? _saved;
    private SessionDocument? _savedByApplication;

    private bool _canHaveSession = true;

    public SessionRuntime Runtime { get; } = runtime;

    public HttpContext Context { get; } = context;

    /// <summary>The value of the session cookie as it came, where it is signed with the secret that signs.</summary>
    public StringSegment CookieValue { get; set; }

    /// <summary>The options of this request's cookie; nothing before they are known.</summary>
    public SessionCookieOptions? CookieOptions { get; private set; }

    /// <summary>Whether the application has asked for the session, so that the response is about who sent the request.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>The session, where there is one by now.</summary>
    public ServerSession? Session { get; private set; }

    /// <summary>The request's session id. Stays what it was after destroy and unset.</summary>
    public string? Sid { get; private set; }

    /// <summary>The session that the application took off the request.</summary>
    public ServerSession? Unwanted { get; private set; }

    /// <summary>Why there is no session, for the message of the exception.</summary>
    public SessionAbsence Absence { get; private set; }

    /// <summary>
    /// What kept the session from being read, or from being made: then the request has none, also where the pipeline runs again for an
    /// error page.
    /// </summary>
    public Exception? Failure { get; private set; }

    // Making a session is not for a debugger.
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
    /// Whether the middleware is under way with this request, so that one that meets it again is nested in it, and no second run.
    /// </summary>
    public bool IsRunning { get; set; }

    /// <summary>
    /// The name in the store of what this request cannot use, and can only end: what the cookie's session has become, where it has a new
    /// id; what it was, where the store does not find it, since by the clock of another instance it may not be over yet. Where Node has
    /// made a session of the mark under the old id, what the one before has become.
    /// </summary>
    public string? EndsToo
    {
        get => field ?? (Session ?? Unwanted)?.MovedTo;
        private set;
    }

    /// <summary>The cookie of a session that was destroyed and that the browser still holds.</summary>
    public SessionCookie? CookieToClear { get; private set; }

    /// <summary>
    /// Whether the application itself saved the session with this content. As in express-session a later change of the cookie alone is then
    /// not saved.
    /// </summary>
    public bool IsSavedByApplication => _savedByApplication is { } saved && saved.ContentEquals(Session!.Document);

    /// <summary>The commit; nothing while there has been no session, so that a request that never uses one pays for nothing.</summary>
    public SessionCommit? Commit { get; private set; }

    /// <summary>
    /// The session, made now where the request came without one; nothing where it was ended or the request cannot have one.
    /// </summary>
    public ServerSession? FindOrCreate()
    {
        if (Session is null && _canHaveSession)
        {
            Generate();
        }

        return Session;
    }

    /// <summary>The same for the application, whose response is from then on for this visitor alone.</summary>
    public ServerSession? Use()
    {
        var session = FindOrCreate();
        OnUsed();
        return session;
    }

    /// <summary>The application has learned something of the session. A request outside of the cookie's path never has one.</summary>
    public void OnUsed()
    {
        if (Runtime.Options.CacheProtection == SessionCacheProtection.None || Absence == SessionAbsence.PathMismatch)
        {
            return;
        }

        if (!IsUsed && Commit is null && !Context.Response.HasStarted)
        {
            // There is no session and will be none: no commit protects the headers.
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
    /// Has the caches in this application pass the response by. Said again, since they may come into the pipeline after the session is
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
    /// What the store has under the id that came in the cookie. Where it does not know it, or only where it has gone, the id is not
    /// adopted.
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

        // After the comparison's copy was made: the stamp is a change that is saved.
        Session!.StampIfMissing();
    }

    /// <summary>It could not be found out whether there is a session, or none could be made: the request has none, and knows why.</summary>
    public void BeginUnavailable(Exception failure)
    {
        Failure = failure;
        BeginWithout(SessionAbsence.Unavailable);
    }

    /// <summary>Makes a new session; express-session's <c>generate</c>.</summary>
    /// <exception cref="Exception">A function of the application failed, <see cref="ServerSessionOptions.GenerateSid"/> or
    /// <see cref="ServerSessionOptions.CookiePerRequest"/>.</exception>
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
            // An error page that runs next does not ask the application's function again.
            BeginUnavailable(failure);
            throw;
        }
    }

    /// <summary>Finds out the options of this request's cookie.</summary>
    /// <exception cref="Exception">The application's function failed: its exception surfaces, and the request has no session.</exception>
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

    /// <summary>The value for the session's cookie. One that came is sent again as it is: signing it would give the same.</summary>
    public ReadOnlySpan<char> SignedSid(ServerSession session) =>
        CookieValue.HasValue && _cookieSid == session.Id && PercentEncoding.IsEncoded(CookieValue)
            ? CookieValue
            : PercentEncoding.Encode(Runtime.Signer.Sign(session.Id));

    public SessionCookie CreateCookie() => Runtime.Factory.CreateCookie(Context);

    /// <summary>An id for a session that is given a new one.</summary>
    public string NewSid() => Runtime.Factory.GenerateSid(Context);

    public void OnNewId(string newSid) => Sid = newSid;

    public void OnDestroyed() => Detach(SessionAbsence.Destroyed);

    /// <summary>The session is gone from the store: the browser may drop its cookie, if it has one.</summary>
    public void ClearCookie(SessionCookie cookie) => CookieToClear = _cookieSid is null ? null : cookie;

    /// <summary>JavaScript: <c>req.session = null</c>.</summary>
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

    /// <summary>Another request ended the session while this one worked with it: there is nothing left to save.</summary>
    public void OnGone() => Detach(SessionAbsence.Destroyed);

    public async ValueTask SaveForApplicationAsync(CancellationToken cancellationToken)
    {
        var session = Session!;
        session.ThrowIfBrowsersDropCookie();
        _savedByApplication = session.Document.Clone();
        await Runtime.Writer.WriteAsync(session, cancellationToken);
        OnSaved(session);
    }

    /// <summary>The session was stored as it is now.</summary>
    public void OnSaved(ServerSession session) => _saved = session.Document.Clone();

    /// <summary>Whether a session taken off the request is to be destroyed.</summary>
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
