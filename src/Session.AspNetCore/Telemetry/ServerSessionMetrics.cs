using System.Diagnostics.Metrics;

namespace ServerSessions;

/// <summary>The instruments of the meter <see cref="ServerSessionTelemetry.MeterName"/>, for all sessions of an application.</summary>
internal sealed class ServerSessionMetrics
{
    // A read of SQLite takes 10 microseconds, and the timeout of the stores is two seconds.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5],
    };

    // A prune rests after each batch, and may remove a million sessions.
    private static readonly InstrumentAdvice<double> LongSeconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.1, 1, 10, 60, 300, 1_800],
    };

    private static readonly InstrumentAdvice<long> Attempts = new() { HistogramBucketBoundaries = [1, 2, 3, 5, 8, 16, 64] };

    // The last bound is the default of MaxSessionBytes.
    private static readonly InstrumentAdvice<long> Bytes = new()
    {
        HistogramBucketBoundaries = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576],
    };

    private readonly Counter<long> _starts;
    private readonly Counter<long> _ends;
    private readonly Counter<long> _endFailures;
    private readonly Counter<long> _expirations;
    private readonly Counter<long> _renewals;
    private readonly Counter<long> _signIns;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _conflicts;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _crossSite;
    private readonly Counter<long> _pruned;
    private readonly Counter<long> _eventsDropped;
    private readonly Counter<long> _eventsFailed;

    public ServerSessionMetrics(IMeterFactory meterFactory)
    {
        Meter = meterFactory.Create(ServerSessionTelemetry.MeterName);
        LoadDuration = Duration(ServerSessionMetricNames.LoadDuration, "How long requests wait for their session.", Seconds);
        CommitDuration = Duration(
            ServerSessionMetricNames.CommitDuration,
            "How long requests wait until their session is stored, touched or destroyed.",
            Seconds
        );
        StoreOperationDuration = Duration(
            ServerSessionMetricNames.StoreOperationDuration,
            "How long a call of the store takes.",
            Seconds
        );
        PruneDuration = Duration(ServerSessionMetricNames.PruneDuration, "How long prunes of expired sessions take.", LongSeconds);
        WriteAttempts = Meter.CreateHistogram(
            ServerSessionMetricNames.WriteAttempts,
            "{attempt}",
            "Attempts that a save needed.",
            advice: Attempts
        );
        PayloadSize = Meter.CreateHistogram(ServerSessionMetricNames.PayloadSize, "By", "The size of stored payloads.", advice: Bytes);

        _starts = Counter(ServerSessionMetricNames.Starts, "{session}", "Sessions that were stored for the first time.");
        _ends = Counter(ServerSessionMetricNames.Ends, "{session}", "Sessions that were ended before their time, by reason.");
        _endFailures = Counter(ServerSessionMetricNames.EndFailures, "{failure}", "Ends of sessions that failed, by reason.");
        _expirations = Counter(
            ServerSessionMetricNames.Expirations,
            "{session}",
            "Sessions that were removed because their time had passed."
        );
        _renewals = Counter(ServerSessionMetricNames.Renewals, "{session}", "Sessions that moved to a new id.");
        _signIns = Counter(ServerSessionMetricNames.SignIns, "{session}", "Sign-ins.");
        _rejections = Counter(
            ServerSessionMetricNames.Rejections,
            "{request}",
            "Requests with a session cookie that got no session, by reason."
        );
        _conflicts = Counter(
            ServerSessionMetricNames.WriteConflicts,
            "{conflict}",
            "Writes of a session that another request had changed, and that were merged."
        );
        _dropped = Counter(
            ServerSessionMetricNames.WriteDropped,
            "{session}",
            "Writes that were dropped because the session was destroyed or expired in the meantime."
        );
        _failures = Counter(
            ServerSessionMetricNames.StoreFailures,
            "{failure}",
            "Requests whose session could not be read, saved, touched, regenerated or destroyed, by backend and operation."
        );
        _refused = Counter(
            ServerSessionMetricNames.LoadRefused,
            "{session}",
            "Stored sessions that must be encrypted and could not be decrypted."
        );
        _crossSite = Counter(
            ServerSessionMetricNames.CrossSiteRefused,
            "{request}",
            "Requests from other sites that were refused or got no session."
        );
        _pruned = Counter(ServerSessionMetricNames.PruneRemoved, "{session}", "Expired sessions that prunes removed.");
        _eventsDropped = Counter(ServerSessionMetricNames.EventsDropped, "{event}", "Events that a full queue dropped.");
        _eventsFailed = Counter(ServerSessionMetricNames.EventsFailed, "{event}", "Events whose handler threw an exception.");
    }

    public Meter Meter { get; }

    public Histogram<double> LoadDuration { get; }

    public Histogram<double> CommitDuration { get; }

    public Histogram<double> StoreOperationDuration { get; }

    public Histogram<double> PruneDuration { get; }

    public Histogram<long> WriteAttempts { get; }

    public Histogram<long> PayloadSize { get; }

    public void Started(string backend) => _starts.Add(1, BackendTag(backend));

    public void Ended(string backend, SessionEndReason reason) =>
        _ends.Add(1, BackendTag(backend), new(ServerSessionTagNames.EndReason, TagValues.Of(reason)));

    public void EndFailed(string backend, SessionEndReason reason, Exception failure) =>
        _endFailures.Add(
            1,
            BackendTag(backend),
            new(ServerSessionTagNames.EndReason, TagValues.Of(reason)),
            new(ServerSessionTagNames.ErrorType, TagValues.Of(failure))
        );

    public void Expired(string backend, SessionExpiry how, long count) =>
        _expirations.Add(count, BackendTag(backend), new(ServerSessionTagNames.Expiry, TagValues.Of(how)));

    public void Renewed(string backend) => _renewals.Add(1, BackendTag(backend));

    public void SignedIn(string backend) => _signIns.Add(1, BackendTag(backend));

    public void Rejected(string backend, SessionRejection reason) =>
        _rejections.Add(1, BackendTag(backend), new(ServerSessionTagNames.RejectionReason, TagValues.Of(reason)));

    public void Conflict(string backend) => _conflicts.Add(1, BackendTag(backend));

    public void Dropped(string backend) => _dropped.Add(1, BackendTag(backend));

    public void Failure(string backend, string operation, Exception failure) =>
        _failures.Add(
            1,
            BackendTag(backend),
            new(ServerSessionTagNames.Operation, operation),
            new(ServerSessionTagNames.ErrorType, TagValues.Of(failure))
        );

    public void Refused(string backend) => _refused.Add(1, BackendTag(backend));

    public void RefusedCrossSite() => _crossSite.Add(1);

    public void Pruned(string backend, long removed, TimeSpan duration, bool hasFailed)
    {
        _pruned.Add(removed, BackendTag(backend));
        if (hasFailed)
        {
            PruneDuration.Record(
                duration.TotalSeconds,
                BackendTag(backend),
                new(ServerSessionTagNames.ErrorType, TagValues.OtherError)
            );
        }
        else
        {
            PruneDuration.Record(duration.TotalSeconds, BackendTag(backend));
        }
    }

    public void EventDropped() => _eventsDropped.Add(1);

    public void EventFailed() => _eventsFailed.Add(1);

    public static KeyValuePair<string, object?> BackendTag(string backend) => new(ServerSessionTagNames.Backend, backend);

    private Counter<long> Counter(string name, string unit, string description) => Meter.CreateCounter<long>(name, unit, description);

    private Histogram<double> Duration(string name, string description, InstrumentAdvice<double> advice) =>
        Meter.CreateHistogram(name, "s", description, advice: advice);
}
