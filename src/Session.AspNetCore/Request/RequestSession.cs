using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// What a request knows of its session, now and before. It has no services: others read the state, decide, and put the next state here.
/// </summary>
internal sealed class RequestSession(HttpContext context)
{
    public HttpContext Context { get; } = context;

    /// <summary>The cookie that the request came with, and the options of the cookie that it gets.</summary>
    public IncomingCookie Incoming { get; set; }

    /// <summary>The session; the last one also after it has ended. <see langword="null"/> if there has been none.</summary>
    public SessionState? State { get; private set; }

    /// <summary>The earlier states of the session.</summary>
    public SessionHistory History { get; private set; }

    /// <summary>The reason why the request has no session, for decisions and for the exception's message.</summary>
    public SessionAbsence Absence { get; private set; }

    /// <summary>What has failed so far.</summary>
    public RequestFailures Failures { get; private set; } = RequestFailures.None;

    /// <summary>Whether the application has asked for the session, so that the response depends on the visitor.</summary>
    public bool IsUsed { get; set; }

    /// <summary>What the endpoint that runs says about the session.</summary>
    public EndpointRules Rules { get; set; }

    /// <summary>
    /// Whether the commit stores nothing, because no endpoint has run for this request that may change the session.
    /// </summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Whether the headers are sent or being sent, so that the client cannot get the cookie of a new id.</summary>
    public bool IsPastHeaders { get; set; }

    /// <summary>Whether this is no request: the session was opened outside of one, and no cookie is ever sent.</summary>
    public bool HasNoResponse { get; init; }

    /// <summary>Whether a user has signed in, and the session was not stored since.</summary>
    public bool IsSigningIn { get; set; }

    /// <summary>The session, unless it has ended.</summary>
    public SessionState? Live => Absence == SessionAbsence.None ? State : null;

    /// <summary>Refuses a change of the session if the endpoint that runs can only read it, or if it was opened for reading.</summary>
    /// <exception cref="InvalidOperationException">The session can only be read.</exception>
    public void ThrowIfReadOnly()
    {
        if ((Rules & EndpointRules.ReadOnly) != 0)
        {
            throw new InvalidOperationException(HasNoResponse ? ReadOnlySessionException.OutsideText : ReadOnlySessionException.Text);
        }
    }

    /// <summary>Refuses a change that is noticed only by the commit.</summary>
    /// <exception cref="ReadOnlySessionException">The endpoint can only read the session.</exception>
    public void ThrowIfReadOnlyAtCommit()
    {
        if ((Rules & EndpointRules.ReadOnly) != 0)
        {
            throw new ReadOnlySessionException();
        }
    }

    /// <summary>Begins with a session that was read or created.</summary>
    public void Begin(SessionState session)
    {
        (State, Absence) = (session, SessionAbsence.None);
        History = SessionHistory.Of(session);
    }

    /// <summary>Begins with a stored session whose cookie the client does not have. It counts as changed, so the cookie is sent.</summary>
    public void BeginImported(SessionState session)
    {
        Begin(session);
        History = History with { OriginalSid = "" };
    }

    public void BeginWithout(SessionAbsence absence) => Absence = absence;

    /// <summary>
    /// Called if it is unknown whether there is a session, or if none could be created: the request has none, also if the pipeline runs
    /// again for an error page.
    /// </summary>
    public void BeginUnavailable(Exception failure)
    {
        Failures = Failures with { Load = failure };
        BeginWithout(SessionAbsence.Unavailable);
    }

    /// <summary>Replaces the state of the session.</summary>
    public void Become(SessionState session) => State = session;

    /// <summary>Replaces the state of the session by one that has no changes of this request.</summary>
    public void BecomeUnchanged(SessionState session)
    {
        State = session;
        History.Changes?.Clear();
    }

    /// <summary>Notes that the request has changed a key, for applying the change to newer data.</summary>
    public void OnChanged(string key) => Changes.Add(key);

    /// <summary>Changes the content, and newer data in the same way if another request has stored some.</summary>
    public void Change(Action<SessionDocument> edit)
    {
        edit(State!.Document);
        Changes.Add(edit);
    }

    /// <summary>Notes that the request removes a key because of the value that it has seen.</summary>
    public void OnSeenRemoved(string key, ReadOnlyMemory<byte> seen) => Changes.AddRemovalOf(key, seen);

    /// <summary>Returns the held values of a kind, or begins to hold some.</summary>
    public T Hold<T>(Func<RequestSession, T> create)
        where T : IHeldValues
    {
        if (Changes.Held.OfType<T>().FirstOrDefault() is { } held)
        {
            return held;
        }

        var values = create(this);
        Changes.Hold(values);
        return values;
    }

    /// <summary>Tells the held values, if there are any, what happens next.</summary>
    public void TellHeld(HeldMoment moment)
    {
        if (History.Changes is { Held: { Count: > 0 } held } && Live is not null)
        {
            foreach (var values in held)
            {
                values.On(moment);
            }
        }
    }

    /// <summary>Called after the session was stored as it is.</summary>
    public void OnStored(StoredBy by) => Remember(by, isCommitted: by == StoredBy.Commit, isGone: false);

    /// <summary>Called after one key was stored by itself. The other changes of the request stay unsaved.</summary>
    /// <param name="session">The session, with that key and the unsaved changes.</param>
    /// <param name="key">The key.</param>
    /// <param name="atRest">The session as it is stored: content and cookie. Must not change afterwards.</param>
    /// <param name="isCommitted">Whether the commit had dealt with the session as it was before.</param>
    public void OnKeyStored(SessionState session, string key, SessionState atRest, bool isCommitted)
    {
        State = session;
        History.Changes?.Remove(key);
        var by = History.Stored?.By == StoredBy.Commit ? StoredBy.Commit : StoredBy.Key;
        var cookie = CookieState.Of(session.Cookie) with { Settings = CookieSettings.Of(atRest.Cookie) };
        History = History with { Stored = new LastStored(by, isCommitted, IsGone: false, session, atRest.Document, cookie) };
    }

    /// <summary>Called after the commit has touched the session, or found that the store need not be called.</summary>
    public void OnCommitted(bool isGone) => Remember(History.Stored?.By ?? StoredBy.Earlier, isCommitted: true, isGone);

    /// <summary>Called if the session ends: the request has none from now on.</summary>
    public void End(SessionAbsence absence) => Absence = absence;

    public void OnCommitFailed(Exception failure) =>
        Failures = Failures with { Commit = ExceptionDispatchInfo.Capture(failure) };

    /// <summary>Notes that a failure is logged and counted, which happens once per request.</summary>
    /// <returns>Whether this is the first one.</returns>
    public bool TryReport()
    {
        var isFirst = !Failures.IsReported;
        Failures = Failures with { IsReported = true };
        return isFirst;
    }

    private SessionChanges Changes
    {
        get
        {
            if (History.Changes is null)
            {
                History = History with { Changes = new SessionChanges() };
            }

            return History.Changes!;
        }
    }

    private void Remember(StoredBy by, bool isCommitted, bool isGone) =>
        History = History with
        {
            Stored = LastStored.Of(State!, by, isCommitted, isGone, History.Stored?.Document ?? History.Original),
        };
}

/// <summary>The session cookie of a request: what the request came with, and which options the cookie in its response has.</summary>
/// <param name="Options">The options of this request's cookie; <see langword="null"/> before they are known.</param>
/// <param name="Sid">The id from the cookie, whether or not the store has it.</param>
/// <param name="Value">The value of the cookie, if the current secret has signed it.</param>
/// <param name="RefusedStoreKey">
/// The store key to destroy together with this request's session if the cookie's id has no session: the key of the successor if the session
/// was renewed; otherwise the key of the id, because another instance's clock may still find a session there.
/// </param>
internal readonly record struct IncomingCookie(SessionCookieOptions? Options, string? Sid, StringSegment Value, string? RefusedStoreKey);

/// <summary>What has failed in a request.</summary>
/// <param name="Load">The error that prevented the session from being read or created.</param>
/// <param name="Commit">The error that prevented the session from being stored.</param>
/// <param name="IsReported">Whether a failure of this request has been logged and counted.</param>
internal sealed record RequestFailures(Exception? Load = null, ExceptionDispatchInfo? Commit = null, bool IsReported = false)
{
    public static readonly RequestFailures None = new();
}
