using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>What all requests of an application share.</summary>
internal sealed class SessionRuntime : IDisposable
{
    private readonly RateLimitedWarning _twoSessions;
    private int _warnedAboutInsecureTransport;

    public SessionRuntime(
        ServerSessionOptions options, ISessionStore store, TimeProvider timeProvider, ServerSessionMetrics metrics, ILogger<ServerSessionMiddleware> logger)
    {
        (Options, TimeProvider, Metrics, Logger) = (options, timeProvider, metrics, logger);
        Store = new StoreAccess(store, options, timeProvider);
        Lifetimes = new SessionLifetimes(options, timeProvider);
        ReadTouch = new ReadTouch(options, Lifetimes, timeProvider);
        Limits = new SessionLimits(options);
        Moves = new SessionMoves(options, timeProvider);
        Loader = new SessionLoader(this);
        Remover = new SessionRemover(this);
        Failures = new FailureReports(this);
        Signer = new CookieSigner(options.Secret!, options.PreviousSecrets);
        Factory = new SessionFactory(options, timeProvider);
        Writer = new SessionWriter(this);
        _twoSessions = new RateLimitedWarning(timeProvider);
    }

    public ServerSessionOptions Options { get; }

    public StoreAccess Store { get; }

    public TimeProvider TimeProvider { get; }

    /// <summary>What pauses between attempts are measured with: the system's clock, since an application's clock may stand still. A simulation gives its own.</summary>
    public TimeProvider PauseClock { get; init; } = TimeProvider.System;

    public ServerSessionMetrics Metrics { get; }

    public FailureReports Failures { get; }

    public ILogger Logger { get; }

    public CookieSigner Signer { get; }

    public SessionFactory Factory { get; }

    public SessionWriter Writer { get; }

    public SessionLoader Loader { get; }

    public SessionRemover Remover { get; }

    public SessionMoves Moves { get; }

    public SessionLifetimes Lifetimes { get; }

    public SessionLimits Limits { get; }

    public ReadTouch ReadTouch { get; }

    /// <summary>Says once, not per request, that a secure cookie is being held back.</summary>
    public void WarnAboutInsecureTransport()
    {
        if (Interlocked.Exchange(ref _warnedAboutInsecureTransport, 1) == 0)
        {
            Log.SecureCookieOverHttp(Logger);
        }
    }

    /// <summary>Says at most once a minute, since any client can send them, that a request came with cookies of two sessions.</summary>
    public void WarnAboutTwoSessions()
    {
        if (_twoSessions.IsDue())
        {
            Log.TwoSessionCookies(Logger);
        }
    }

    public void Dispose() => Store.Dispose();
}
