namespace ServerSessions;

/// <summary>The names of the instruments of the meter <see cref="ServerSessionTelemetry.MeterName"/>.</summary>
public static class ServerSessionMetricNames
{
    /// <summary>Histogram, seconds: how long requests wait for their session.</summary>
    public const string LoadDuration = "server_session.load.duration";

    /// <summary>Histogram, seconds: how long requests wait until their session is stored, touched or destroyed.</summary>
    public const string CommitDuration = "server_session.commit.duration";

    /// <summary>Histogram, seconds: how long a call of the store takes.</summary>
    public const string StoreOperationDuration = "server_session.store.operation.duration";

    /// <summary>Counter: sessions that were stored for the first time.</summary>
    public const string Starts = "server_session.starts";

    /// <summary>Counter: sessions that were ended before their time, by reason.</summary>
    public const string Ends = "server_session.ends";

    /// <summary>Counter: ends of sessions that failed, by reason. The session may be live.</summary>
    public const string EndFailures = "server_session.end.failures";

    /// <summary>Counter: sessions that this library removed because their time had passed.</summary>
    public const string Expirations = "server_session.expirations";

    /// <summary>Counter: sessions that moved to a new id.</summary>
    public const string Renewals = "server_session.renewals";

    /// <summary>Counter: sign-ins.</summary>
    public const string SignIns = "server_session.sign_ins";

    /// <summary>Counter: requests with a session cookie that got no session, by reason.</summary>
    public const string Rejections = "server_session.rejections";

    /// <summary>Counter: writes that met a write of another request and were merged.</summary>
    public const string WriteConflicts = "server_session.write.conflicts";

    /// <summary>Counter: writes that were dropped because the session had ended.</summary>
    public const string WriteDropped = "server_session.write.dropped";

    /// <summary>Histogram: attempts that a save needed.</summary>
    public const string WriteAttempts = "server_session.write.attempts";

    /// <summary>Histogram, bytes: the size of stored payloads.</summary>
    public const string PayloadSize = "server_session.payload.size";

    /// <summary>Counter: requests whose session could not be read or stored, by operation.</summary>
    public const string StoreFailures = "server_session.store.failures";

    /// <summary>Counter: stored sessions that could not be decrypted.</summary>
    public const string LoadRefused = "server_session.load.refused";

    /// <summary>Counter: requests from other sites that were refused or got no session.</summary>
    public const string CrossSiteRefused = "server_session.cross_site.refused";

    /// <summary>Counter: expired sessions that prunes removed.</summary>
    public const string PruneRemoved = "server_session.prune.removed";

    /// <summary>Histogram, seconds: how long prunes take.</summary>
    public const string PruneDuration = "server_session.prune.duration";

    /// <summary>Counter: events that a queue dropped because it was full.</summary>
    public const string EventsDropped = "server_session.events.dropped";

    /// <summary>Counter: events whose handler threw an exception.</summary>
    public const string EventsFailed = "server_session.events.failed";

    /// <summary>Counter: during a move between stores, sessions that were found in the store that is read second.</summary>
    public const string MoveFallbackReads = "server_session.move.fallback_reads";

    /// <summary>Counter: sessions that a move has carried to the other store.</summary>
    public const string MoveCarried = "server_session.move.carried";

    /// <summary>Counter: sessions that both stores of a move held at once.</summary>
    public const string MoveBoth = "server_session.move.both";

    /// <summary>
    /// Gauge: sessions in the store, with <c>AddSessionCount</c> only. Every instance counts the same store, so take the maximum over the
    /// instances and not the sum.
    /// </summary>
    public const string Count = "server_session.count";
}
