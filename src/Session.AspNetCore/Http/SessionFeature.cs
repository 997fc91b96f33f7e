using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// The session of a request as <see cref="HttpContext.Features"/> has it. Creates it if the application asks for one, and puts the commit
/// in front of the response as soon as there is one.
/// </summary>
internal sealed partial class SessionFeature(RequestSession request, SessionStart start) : IServerSessionFeature
{
    private ServerSession? _session;

    public RequestSession Request => request;

    /// <summary>The name under which the sessions are registered; empty for those without one.</summary>
    public string Name => start.Name;

    /// <summary>The name of the cookie.</summary>
    public string CookieName => start.CookieName;

    /// <summary>
    /// The commit; <see langword="null"/> as long as there has been no session, so that a request without one has no cost.
    /// </summary>
    public CommitHooks? Hooks { get; private set; }

    /// <summary>
    /// Whether the middleware is running for this request. A second middleware is then nested in it, and is not a second run.
    /// </summary>
    public bool IsRunning { get; set; }

    /// <summary>Whether the session was looked for.</summary>
    private bool HasBegun { get; set; }

    /// <summary>
    /// Whether the request is in front of the middleware, where authentication has begun the session. The commit is then put in front of
    /// the headers only. The middleware puts it in front of the body.
    /// </summary>
    public bool IsInFront { get; set; }

    // A debugger must not create a session.
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    ServerSession? IServerSessionFeature.Session => Use();

    string? IServerSessionFeature.SessionId
    {
        get
        {
            if (request.State is not { Sid: var sid } || IsDisabled)
            {
                return null;
            }

            OnUsed();
            return sid;
        }
    }

    Exception? IServerSessionFeature.Failure => request.Failures.Load;

    /// <summary>Whether the endpoint that runs has no session.</summary>
    public bool IsDisabled => (request.Rules & EndpointRules.NoSession) != 0;

    /// <summary>Applies what an endpoint says about the session: the one of the request, later perhaps that of its error page.</summary>
    /// <returns>Whether the session must be read next: it is used for the first time.</returns>
    public bool Enter(EndpointRules rules)
    {
        var isReadOnly = (rules & EndpointRules.ReadOnly) != 0;
        request.Rules = rules;
        request.IsReadOnly = isReadOnly && (request.IsReadOnly || !HasBegun || IsInFront);
        var isFirst = !HasBegun && !IsDisabled;
        HasBegun |= isFirst;
        return isFirst;
    }

    /// <summary>Determines the options of the request's cookie. Called before the session is read or created.</summary>
    /// <exception cref="Exception">The application's function failed. The request has no session.</exception>
    public void ReadCookieOptions() => start.ReadCookieOptions(request);

    /// <summary>Reads the session of the request's cookie.</summary>
    /// <exception cref="SessionStoreException">The session could not be read.</exception>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        await start.ReadAsync(request, cancellationToken);
        Attach();
        start.Adopt(request, _session);
    }

    /// <summary>Begins with the session of an id, as if a cookie had brought it.</summary>
    /// <exception cref="SessionStoreException">The session could not be read.</exception>
    public async ValueTask BeginWithAsync(string sid, CancellationToken cancellationToken)
    {
        await start.ReadAsync(request, sid, cancellationToken);
        Attach();
        start.Adopt(request, _session);
    }

    /// <summary>Creates a session for a request that came without, if the options want one for every request.</summary>
    public void CreateIfEager()
    {
        if (start.IsEager && !IsDisabled)
        {
            FindOrCreate();
        }
    }

    /// <summary>
    /// Returns the session, or creates one if the request came without, or if a sign-out has ended it. <see langword="null"/> if it was
    /// ended otherwise, or if the request cannot have one.
    /// </summary>
    public ServerSession? FindOrCreate()
    {
        if (IsDisabled)
        {
            return null;
        }

        if (request is { State: null, Absence: SessionAbsence.None } or { Absence: SessionAbsence.SignedOut })
        {
            start.Create(request);
            Attach();
        }

        return request.Live is null ? null : _session;
    }

    /// <summary>Detaches the session; <c>req.session = null</c> in JavaScript.</summary>
    public void Unset()
    {
        if (Use() is not null)
        {
            request.ThrowIfReadOnly();
            request.End(SessionAbsence.Unset);
        }
    }

    /// <summary>Returns the session to the application. The response depends on the visitor from then on.</summary>
    public ServerSession? Use()
    {
        var session = FindOrCreate();
        OnUsed();
        return session;
    }

    /// <summary>Returns the session to the application, and creates none. The response depends on the visitor from then on.</summary>
    public ServerSession? UseExisting()
    {
        OnUsed();
        return IsDisabled || request.Live is null ? null : _session;
    }

    /// <summary>
    /// Returns a reference to the session; <see langword="null"/> without one. Does not use the request, which may have ended.
    /// </summary>
    public ServerSessionReference? NewReference() =>
        !IsDisabled && (request.Live?.Sid ?? UnreadSid) is { } sid ? start.NewReference(sid) : null;

    /// <summary>The id of the cookie if its session could not be read, unless the device must be compared first.</summary>
    private string? UnreadSid => request.Absence == SessionAbsence.Unavailable && !start.ComparesDevices ? request.Incoming.Sid : null;

    /// <summary>
    /// Called when the application has got information about the session. A request outside of the cookie's path has none, nor does one
    /// whose endpoint has no session.
    /// </summary>
    private void OnUsed()
    {
        if (start.CacheProtection == SessionCacheProtection.None || request.Absence == SessionAbsence.PathMismatch || IsDisabled)
        {
            return;
        }

        if (!request.IsUsed && Hooks is null && !request.Context.Response.HasStarted)
        {
            // Without a session there is no commit that protects the headers.
            request.Context.Response.OnStarting(
                static state =>
                {
                    var (context, protection) = ((HttpContext, SessionCacheProtection))state;
                    CacheProtection.Apply(context.Response.Headers, protection, hasCookie: false);
                    return Task.CompletedTask;
                },
                (request.Context, start.CacheProtection)
            );
        }

        // Repeated, because the caches may join the pipeline after the session was used.
        request.IsUsed = true;
        ResponseCaches.Refuse(request.Context);
    }

    /// <summary>
    /// Creates the application's object and the commit, once there is a session. Does nothing without one, or if they exist.
    /// </summary>
    private void Attach()
    {
        if (request.State is not null && _session is null)
        {
            _session = start.NewSession(request);
            Hooks = CommitHooks.Attach(request, start.NewCommit(request), isInFront: IsInFront);
        }
    }
}
