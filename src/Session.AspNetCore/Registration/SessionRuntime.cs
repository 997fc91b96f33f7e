using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// What all requests of an application share. A request keeps the one that it began with; secrets that are reloaded make another one
/// (<see cref="With"/>).
/// </summary>
internal sealed class SessionRuntime : IDisposable
{
    private readonly RateLimitedWarning _twoSessions;
    private readonly RateLimitedWarning _foreignRecords;

    // The same object in all runtimes that reloads have made of one.
    private readonly Newest _newest = new();
    private int _warnedAboutInsecureTransport;

    public SessionRuntime(
        ServerSessionOptions options,
        ISessionStore store,
        TimeProvider timeProvider,
        ServerSessionMetrics metrics,
        ILogger<ServerSessionMiddleware> logger
    )
    {
        (Options, TimeProvider, Metrics, Logger) = (options, timeProvider, metrics, logger);
        Store = new StoreClient(store, options, timeProvider);
        Lifetimes = new SessionLifetimes(options, timeProvider);
        ReadTouch = new ReadTouch(options, Lifetimes, timeProvider);
        Limits = new SessionLimits(options);
        Failures = new FailureReports(logger, metrics, Store.Backend, timeProvider);
        Factory = new SessionFactory(options, timeProvider);
        _twoSessions = new RateLimitedWarning(timeProvider);
        _foreignRecords = new RateLimitedWarning(timeProvider);
        PayloadKeys = ServerSessions.PayloadKeys.All(options.Protection);
        Use(SecretRules.All(options));
    }

    public ServerSessionOptions Options { get; }

    public StoreClient Store { get; private set; }

    public TimeProvider TimeProvider { get; }

    /// <summary>
    /// What pauses between attempts are measured with: the system's clock, since an application's clock may stand still. A simulation gives
    /// its own.
    /// </summary>
    public TimeProvider PauseClock { get; init; } = TimeProvider.System;

    public ServerSessionMetrics Metrics { get; }

    public FailureReports Failures { get; }

    public ILogger Logger { get; }

    /// <summary>The secrets, the one that signs first.</summary>
    public IReadOnlyList<string> Secrets { get; private set; }

    /// <summary>The keys that payloads are encrypted with, the one that seals first.</summary>
    public IReadOnlyList<string> PayloadKeys { get; private set; }

    public CookieSigner Signer { get; private set; }

    public SessionFactory Factory { get; }

    public SessionWriter Writer { get; private set; }

    public SessionLoader Loader { get; private set; }

    public SessionRemover Remover { get; private set; }

    public Tombstones Moves { get; private set; }

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

    /// <summary>Says at most once a minute, not per request, that sessions do not open: after a key is gone all do not.</summary>
    public void WarnAboutForeignRecord()
    {
        if (_foreignRecords.IsDue())
        {
            Log.RecordRefused(Logger);
        }
    }

    /// <summary>
    /// Returns a runtime with the secrets and payload keys that were reloaded. It shares the store, all other options and the limits of
    /// what is logged.
    /// </summary>
    public SessionRuntime With(ServerSessionOptions reloaded)
    {
        var next = (SessionRuntime)MemberwiseClone();
        var keys = ServerSessions.PayloadKeys.All(reloaded.Protection);
        if (!keys.SequenceEqual(PayloadKeys, StringComparer.Ordinal))
        {
            next.PayloadKeys = keys;
            next.Store = Store.With(RecordProtection.Of(Options, reloaded.Protection));
        }

        next.Use(SecretRules.All(reloaded));
        return next;
    }

    /// <summary>Whether another runtime has the same secrets and payload keys.</summary>
    public bool HasSecretsOf(SessionRuntime other) =>
        Secrets.SequenceEqual(other.Secrets, StringComparer.Ordinal)
        && PayloadKeys.SequenceEqual(other.PayloadKeys, StringComparer.Ordinal);

    /// <summary>Tells the runtimes before this one, which requests under way have, that requests now begin with this one.</summary>
    public void Publish() => _newest.Runtime = this;

    /// <summary>
    /// The content of a record; nothing if it should be sealed and does not open. A request that began before a reload also reads what
    /// those after it have sealed.
    /// </summary>
    public SessionDocument? Open(string key, SessionRecord record) => Store.Open(key, record) ?? Newer?.Store.Open(key, record);

    /// <summary>Where a session has gone; see <see cref="Tombstones.TargetOf"/>. Also if a request after a reload has moved it.</summary>
    public string? TargetOf(string fromKey, SessionDocument document) =>
        Moves.TargetOf(fromKey, document) ?? Newer?.Moves.TargetOf(fromKey, document);

    public void Dispose() => Store.Dispose();

    private SessionRuntime? Newer => ReferenceEquals(_newest.Runtime, this) ? null : _newest.Runtime;

    /// <summary>Makes what depends on the secrets, and what looks that up here.</summary>
    [MemberNotNull(nameof(Secrets), nameof(Signer), nameof(Moves), nameof(Loader), nameof(Remover), nameof(Writer))]
    private void Use(IReadOnlyList<string> secrets)
    {
        Secrets = secrets;
        Signer = new CookieSigner(secrets);
        Moves = new Tombstones(Options, secrets, TimeProvider);
        Loader = new SessionLoader(this);
        Remover = new SessionRemover(this);
        Writer = new SessionWriter(this);
    }

    private sealed class Newest
    {
        public volatile SessionRuntime? Runtime;
    }
}
