using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// The composition root: makes what all requests of an application share, and gives each class what it needs. A request keeps the objects
/// that it began with. Secrets that are reloaded make another runtime (<see cref="With"/>).
/// </summary>
internal sealed class SessionRuntime : IDisposable
{
    private readonly Shared _shared;
    private readonly StoredFormat _format;
    private readonly Tombstones _tombstones;
    private readonly SessionStart _start;

    public SessionRuntime(
        string name,
        ServerSessionOptions options,
        ISessionStore store,
        TimeProvider timeProvider,
        TimeProvider pauseClock,
        ServerSessionMetrics metrics,
        ILogger<ServerSessionMiddleware> logger,
        AspNetCoreSessions? oldSessions = null
    )
        : this(
            new Shared(
                name,
                options,
                new StoreClient(store, options, timeProvider),
                timeProvider,
                pauseClock,
                metrics,
                logger,
                oldSessions
            ),
            SecretRules.All(options),
            ServerSessions.PayloadKeys.All(options.Protection),
            format: null
        )
    { }

    private SessionRuntime(Shared shared, IReadOnlyList<string> secrets, IReadOnlyList<string> payloadKeys, StoredFormat? format)
    {
        (_shared, Secrets, PayloadKeys) = (shared, secrets, payloadKeys);
        var (options, store, timeProvider, logger) = (shared.Options, shared.Store, shared.TimeProvider, shared.Logger);
        _format = format ?? StoredFormat.Of(options, store.Backend, timeProvider, shared.LatestFormat);
        _tombstones = new Tombstones(options, secrets, timeProvider, shared.LatestTombstones);

        var records = new SessionRecords(_format, _tombstones, shared.Limits, shared.Lifetimes, shared.ReadTouch);
        var idCookie = new SessionIdCookie(options, new CookieSigner(secrets), records, shared.Warnings);
        var factory = new SessionFactory(options, _format, shared.Lifetimes, timeProvider);

        var loader = new SessionLoader(
            store,
            _format,
            _tombstones,
            shared.Lifetimes,
            shared.ReadTouch,
            shared.Metrics,
            shared.Warnings
        );
        var writer = new SessionWriter(store, records, loader, shared.Metrics, logger, shared.PauseClock);
        var remover = new SessionRemover(store, _format, _tombstones);
        var renewer = new SessionRenewer(store, _format, records, _tombstones, writer);

        var keys = new ApplicationKeys(options, shared.Limits, shared.Lifetimes);
        var operations = new SessionOperations(store, loader, writer, remover, shared.Lifetimes, idCookie);
        var idOperations = new SessionIdOperations(
            options,
            factory,
            idCookie,
            store,
            records,
            renewer,
            remover,
            _tombstones,
            shared.Lifetimes,
            shared.Reports
        );

        _start = new SessionStart(
            shared.Name,
            options,
            store,
            idCookie,
            factory,
            loader,
            shared.Lifetimes,
            shared.OldSessions is { } old
                ? new SessionImport(
                    old,
                    secrets[0],
                    options,
                    store,
                    factory,
                    records,
                    loader,
                    shared.Limits,
                    shared.Reports,
                    shared.ImportWarnings
                )
                : null,
            request => new ServerSession(request, keys, operations, idOperations),
            request => new SessionCommit(request, options, writer, remover, idCookie, shared.Reports)
        );
    }

    /// <summary>The name under which the sessions are registered; empty for those without one.</summary>
    public string Name => _shared.Name;

    public ServerSessionOptions Options => _shared.Options;

    public ILogger Logger => _shared.Logger;

    /// <summary>The secrets, the one that signs first.</summary>
    public IReadOnlyList<string> Secrets { get; }

    /// <summary>The keys that payloads are encrypted with, the one that encrypts first.</summary>
    public IReadOnlyList<string> PayloadKeys { get; }

    /// <summary>What happens to requests whose session could not be read or saved. The same in all runtimes.</summary>
    public FailurePolicy Policy => _shared.Policy;

    /// <summary>What happens to requests from other sites. The same in all runtimes.</summary>
    public CrossSitePolicy CrossSite => _shared.CrossSite;

    /// <summary>Puts a request's session into its features.</summary>
    /// <param name="context">The request.</param>
    /// <param name="slot">The place among the features.</param>
    /// <exception cref="InvalidOperationException">The request has another session whose cookie has the same name.</exception>
    public SessionFeature NewFeature(HttpContext context, SessionSlot slot = default)
    {
        var request = new RequestSession(context);
        var feature = new SessionFeature(request, _start);
        slot.Put(context, feature);
        return feature;
    }

    /// <summary>
    /// Returns a runtime with the secrets and payload keys that were reloaded. It shares the store, all other options and the limits of
    /// what is logged.
    /// </summary>
    public SessionRuntime With(ServerSessionOptions reloaded)
    {
        var keys = ServerSessions.PayloadKeys.All(reloaded.Protection);
        var hasNewKeys = !keys.SequenceEqual(PayloadKeys, StringComparer.Ordinal);
        var format = hasNewKeys ? _format.With(reloaded.Protection) : _format;
        return new SessionRuntime(_shared, SecretRules.All(reloaded), hasNewKeys ? keys : PayloadKeys, format);
    }

    /// <summary>Whether another runtime has the same secrets and payload keys.</summary>
    public bool HasSecretsOf(SessionRuntime other) =>
        Secrets.SequenceEqual(other.Secrets, StringComparer.Ordinal)
        && PayloadKeys.SequenceEqual(other.PayloadKeys, StringComparer.Ordinal);

    /// <summary>Lets requests that began with an earlier runtime read what requests with this one write.</summary>
    public void Publish()
    {
        _shared.LatestFormat.Publish(_format);
        _shared.LatestTombstones.Publish(_tombstones);
    }

    public void Dispose() => _shared.Store.Dispose();

    /// <summary>What the secrets do not change.</summary>
    private sealed class Shared
    {
        public Shared(
            string name,
            ServerSessionOptions options,
            StoreClient store,
            TimeProvider timeProvider,
            TimeProvider pauseClock,
            ServerSessionMetrics metrics,
            ILogger logger,
            AspNetCoreSessions? oldSessions
        )
        {
            (Name, Options, Store, TimeProvider) = (name, options, store, timeProvider);
            (PauseClock, Metrics, Logger, OldSessions) = (pauseClock, metrics, logger, oldSessions);
            ImportWarnings = new ImportWarnings(logger, timeProvider);
            Lifetimes = new SessionLifetimes(options, timeProvider);
            ReadTouch = new ReadTouch(options, Lifetimes, timeProvider);
            Limits = new SessionLimits(options);
            Warnings = new LimitedWarnings(logger, timeProvider);
            Reports = new FailureReports(logger, metrics, store.Backend, timeProvider);
            Policy = new FailurePolicy(options, Reports, logger);
            CrossSite = new CrossSitePolicy(options, metrics, logger, timeProvider);
        }

        public string Name { get; }

        public ServerSessionOptions Options { get; }

        public StoreClient Store { get; }

        public TimeProvider TimeProvider { get; }

        public TimeProvider PauseClock { get; }

        public ServerSessionMetrics Metrics { get; }

        public ILogger Logger { get; }

        public SessionLifetimes Lifetimes { get; }

        public ReadTouch ReadTouch { get; }

        public SessionLimits Limits { get; }

        public LimitedWarnings Warnings { get; }

        public FailureReports Reports { get; }

        public FailurePolicy Policy { get; }

        /// <summary>The sessions to import; <see langword="null"/> if there are none.</summary>
        public AspNetCoreSessions? OldSessions { get; }

        public ImportWarnings ImportWarnings { get; }

        public CrossSitePolicy CrossSite { get; }

        public Latest<StoredFormat> LatestFormat { get; } = new();

        public Latest<Tombstones> LatestTombstones { get; } = new();
    }
}
