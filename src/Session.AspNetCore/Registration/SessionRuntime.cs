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
    private readonly SessionScopes _scopes;

    public SessionRuntime(
        string name,
        ServerSessionOptions options,
        ISessionStore store,
        TimeProvider timeProvider,
        TimeProvider pauseClock,
        ServerSessionMetrics metrics,
        ILogger<ServerSessionMiddleware> logger,
        IEnumerable<IServerSessionEvents> handlers,
        AspNetCoreSessions? oldSessions = null,
        UserStores? users = null
    )
        : this(
            new Shared(
                name,
                options,
                store,
                timeProvider,
                pauseClock,
                new SessionTelemetry(metrics, store.Backend, timeProvider),
                new SessionEvents(
                    name,
                    store.Backend,
                    handlers,
                    metrics,
                    timeProvider,
                    logger,
                    users is null ? null : StoredLogin.UserOf
                ),
                logger,
                oldSessions,
                users
            ),
            SecretRules.All(options),
            ServerSessions.PayloadKeys.All(options.Protection),
            format: null
        ) => _shared.LatestScopes.Publish(_scopes);

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
            shared.Telemetry,
            shared.Events,
            shared.Warnings
        );
        Users = shared.Users is { } stores
            ? new UserServices(
                stores,
                store,
                shared.UserIndex!,
                shared.Events,
                shared.Telemetry,
                _format,
                _tombstones,
                loader,
                shared.Lifetimes,
                timeProvider,
                logger
            )
            : null;
        var tracking = Users?.Tracking;
        var writer = new SessionWriter(store, records, loader, shared.Telemetry, shared.Events, logger, tracking);
        var remover = new SessionRemover(store, _format, _tombstones, shared.Events, tracking);
        var renewer = new SessionRenewer(store, _format, records, _tombstones, writer, tracking);

        var keys = new ApplicationKeys(options, shared.Limits, shared.Lifetimes);
        var keyWriter = new KeyWriter(store, records, writer, keys, shared.Telemetry, shared.Events);
        var operations = new SessionOperations(store, loader, writer, remover, shared.Lifetimes, idCookie, keyWriter);
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
            shared.Reports,
            shared.Events,
            tracking
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
                    new ImportClaims(store, factory, records, loader),
                    factory,
                    shared.Limits,
                    shared.Reports,
                    shared.ImportWarnings,
                    shared.Events
                )
                : null,
            shared.Telemetry,
            shared.Events,
            tracking,
            request => new ServerSession(request, keys, operations, idOperations),
            request => new SessionCommit(request, options, writer, remover, idCookie, shared.Reports),
            sid => _scopes!.NewReference(sid)
        );
        _scopes = new SessionScopes(
            _start,
            factory,
            loader,
            new ScopeCommit(writer, idCookie, store.Backend),
            shared.Watch,
            store.Backend,
            shared.LatestScopes
        );
    }

    /// <summary>The name under which the sessions are registered; empty for those without one.</summary>
    public string Name => _shared.Name;

    public ServerSessionOptions Options => _shared.Options;

    public ILogger Logger => _shared.Logger;

    /// <summary>The name of the backend in messages.</summary>
    public string Backend => _shared.Store.Backend;

    /// <summary>The store, for a probe of its health.</summary>
    public StoreClient Store => _shared.Store;

    /// <summary>The events of the sessions.</summary>
    public SessionEvents Events => _shared.Events;

    /// <summary>The sessions of users; <see langword="null"/> if the application does not use them.</summary>
    public UserServices? Users { get; }

    /// <summary>The secrets, the one that signs first.</summary>
    public IReadOnlyList<string> Secrets { get; }

    /// <summary>The keys that payloads are encrypted with, the one that encrypts first.</summary>
    public IReadOnlyList<string> PayloadKeys { get; }

    /// <summary>What happens to requests whose session could not be read or saved. The same in all runtimes.</summary>
    public FailurePolicy Policy => _shared.Policy;

    /// <summary>Returns the records of tickets that are kept apart from sessions, in the same store.</summary>
    public TicketRecords NewTicketRecords() => new(_shared.Store, _format, _shared.TimeProvider);

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

    /// <summary>
    /// Lets requests that began with an earlier runtime read what requests with this one write. Sessions that are opened outside of
    /// requests use this one from then on.
    /// </summary>
    public void Publish()
    {
        _shared.LatestFormat.Publish(_format);
        _shared.LatestTombstones.Publish(_tombstones);
        _shared.LatestScopes.Publish(_scopes);
    }

    public void Dispose()
    {
        _shared.Watch.Dispose();
        _shared.UserIndex?.Dispose();
        _shared.Store.Dispose();
    }

    /// <summary>What the secrets do not change.</summary>
    private sealed class Shared
    {
        public Shared(
            string name,
            ServerSessionOptions options,
            ISessionStore store,
            TimeProvider timeProvider,
            TimeProvider pauseClock,
            SessionTelemetry telemetry,
            SessionEvents events,
            ILogger logger,
            AspNetCoreSessions? oldSessions,
            UserStores? users
        )
        {
            (Name, Options, TimeProvider) = (name, options, timeProvider);
            (Telemetry, Events, Logger, OldSessions, Users) = (telemetry, events, logger, oldSessions, users);
            var outage = new StoreOutage(events, timeProvider);
            Store = new StoreClient(
                store,
                options,
                timeProvider,
                pauseClock,
                telemetry,
                new StoreAvailability(outage, timeProvider)
            );
            UserIndex = users is null
                ? null
                : new StoreClient(
                    users.Index,
                    options,
                    timeProvider,
                    pauseClock,
                    new SessionTelemetry(telemetry.Metrics, users.Index.Backend, timeProvider),
                    new StoreAvailability(outage, timeProvider)
                );
            ImportWarnings = new ImportWarnings(logger, timeProvider);
            Lifetimes = new SessionLifetimes(options, timeProvider);
            ReadTouch = new ReadTouch(options, Lifetimes, timeProvider);
            Limits = new SessionLimits(options);
            Warnings = new LimitedWarnings(logger, timeProvider);
            Reports = new FailureReports(logger, telemetry, store.Backend, timeProvider);
            Policy = new FailurePolicy(options, Reports, logger);
            CrossSite = new CrossSitePolicy(options, telemetry.Metrics, logger, timeProvider);
            Watch = new SessionWatch(options, timeProvider, LatestScopes, store.Backend, logger);
            Store.Watcher = Watch;
        }

        public string Name { get; }

        public ServerSessionOptions Options { get; }

        public StoreClient Store { get; }

        public TimeProvider TimeProvider { get; }

        public SessionTelemetry Telemetry { get; }

        public SessionEvents Events { get; }

        public ILogger Logger { get; }

        public SessionLifetimes Lifetimes { get; }

        public ReadTouch ReadTouch { get; }

        public SessionLimits Limits { get; }

        public LimitedWarnings Warnings { get; }

        public FailureReports Reports { get; }

        public FailurePolicy Policy { get; }

        /// <summary>The sessions to import; <see langword="null"/> if there are none.</summary>
        public AspNetCoreSessions? OldSessions { get; }

        /// <summary>The stores of users' sessions; <see langword="null"/> if they are not used.</summary>
        public UserStores? Users { get; }

        /// <summary>The store of the lists of users' sessions; <see langword="null"/> if there are none.</summary>
        public StoreClient? UserIndex { get; }

        public ImportWarnings ImportWarnings { get; }

        public CrossSitePolicy CrossSite { get; }

        public Latest<StoredFormat> LatestFormat { get; } = new();

        public Latest<Tombstones> LatestTombstones { get; } = new();

        public Latest<SessionScopes> LatestScopes { get; } = new();

        public SessionWatch Watch { get; }
    }
}
