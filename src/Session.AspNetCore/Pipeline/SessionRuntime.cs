using Microsoft.Extensions.Logging;

namespace Session;

/// <summary>What all requests of an application share.</summary>
internal sealed class SessionRuntime : IDisposable
{
    private readonly RateLimitedWarning _twoSessions;
    private int _warnedAboutInsecureTransport;

    public SessionRuntime(
        ServerSessionOptions options, ISessionStore store, TimeProvider timeProvider, ServerSessionMetrics metrics, ILogger<ServerSessionMiddleware> logger)
    {
        Options = options;
        Store = new StoreAccess(store, options, timeProvider);
        Lifetimes = new SessionLifetimes(options, timeProvider);
        ReadTouch = new ReadTouch(options, Lifetimes, timeProvider);
        Moves = new SessionMoves(options, timeProvider);
        Loader = new SessionLoader(this);
        Remover = new SessionRemover(this);
        TimeProvider = timeProvider;
        Metrics = metrics;
        Logger = logger;
        Signer = new CookieSigner(options.Secret!, options.PreviousSecrets);
        Factory = new SessionFactory(options, timeProvider);
        Writer = new SessionWriter(this);
        _twoSessions = new RateLimitedWarning(timeProvider);
    }

    public ServerSessionOptions Options { get; }

    public StoreAccess Store { get; }

    public TimeProvider TimeProvider { get; }

    public ServerSessionMetrics Metrics { get; }

    public ILogger Logger { get; }

    public CookieSigner Signer { get; }

    public SessionFactory Factory { get; }

    public SessionWriter Writer { get; }

    public SessionLoader Loader { get; }

    public SessionRemover Remover { get; }

    public SessionMoves Moves { get; }

    public SessionLifetimes Lifetimes { get; }

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
