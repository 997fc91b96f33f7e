using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerSessions.Stores;

namespace ServerSessions;

/// <summary>
/// The health check of the sessions of one name. Its description says what to do, and has no text of an exception, no host and no user: a
/// health endpoint is often public. The log has the exception, once for each change of the status.
/// </summary>
internal sealed class ServerSessionHealthCheck(
    HealthProbe probe,
    Func<SessionRuntime> sessions,
    PruneWatch prunes,
    IHostEnvironment? environment,
    TimeProvider timeProvider,
    ILogger logger
) : IHealthCheck
{
    private readonly Lock _gate = new();
    private ServerSessionHealthReason? _last;
    private DateTimeOffset _since;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var reading = await probe.ReadAsync(cancellationToken);
        var reason = reading.Reason == ServerSessionHealthReason.Ready ? Degraded() ?? reading.Reason : reading.Reason;
        var backend = sessions().Backend;
        var data = new Dictionary<string, object>
        {
            ["backend"] = backend,
            ["reason"] = ToCode(reason),
            ["milliseconds"] = Math.Round(reading.Took.TotalMilliseconds, 1),
            ["since"] = Since(reason, backend, reading.Failure),
        };
        if (sessions().Store.Move is { } move)
        {
            // A move is intended and may last for days, so it is no reason for another status.
            data["move"] = ToCode(move.Mode);
        }

        return new HealthCheckResult(StatusOf(reason, context.Registration.FailureStatus), DescriptionOf(reason), data: data);
    }

    /// <summary>Returns the name of a reason as the data has it.</summary>
    public static string ToCode(ServerSessionHealthReason reason) =>
        reason switch
        {
            ServerSessionHealthReason.Ready => "ready",
            ServerSessionHealthReason.Slow => "slow",
            ServerSessionHealthReason.PruneLate => "prune_late",
            ServerSessionHealthReason.MemoryStore => "memory_store",
            ServerSessionHealthReason.UserIndexFailed => "user_index_failed",
            ServerSessionHealthReason.MoveStoreUnavailable => "move_store_unavailable",
            ServerSessionHealthReason.Unavailable => "unavailable",
            ServerSessionHealthReason.WriteFailed => "write_failed",
            _ => "failed",
        };

    private static string ToCode(SessionMoveMode mode) =>
        mode switch
        {
            SessionMoveMode.CarryToNew => "carry_to_new",
            SessionMoveMode.CarryToOld => "carry_to_old",
            _ => "stay",
        };

    private static HealthStatus StatusOf(ServerSessionHealthReason reason, HealthStatus failureStatus) =>
        reason switch
        {
            ServerSessionHealthReason.Ready => HealthStatus.Healthy,
            ServerSessionHealthReason.Slow
            or ServerSessionHealthReason.PruneLate
            or ServerSessionHealthReason.MemoryStore
            or ServerSessionHealthReason.UserIndexFailed
            or ServerSessionHealthReason.MoveStoreUnavailable => HealthStatus.Degraded,
            _ => failureStatus,
        };

    private static string DescriptionOf(ServerSessionHealthReason reason) =>
        reason switch
        {
            ServerSessionHealthReason.Ready => "Sessions can be read.",
            ServerSessionHealthReason.Slow =>
                "The session store replies slowly. Look at the load of its server, and at server_session.store.operation.duration.",
            ServerSessionHealthReason.PruneLate =>
                "Expired sessions were not removed for three intervals. Look for the log event PruneFailed.",
            ServerSessionHealthReason.MemoryStore =>
                "Sessions are in the memory of this process: a restart ends them, and other instances do not have them. Add a store.",
            ServerSessionHealthReason.UserIndexFailed =>
                "Sessions can be used. The lists of users' sessions cannot be read or written, so users cannot sign in. Look for the log "
                    + "event HealthProbeFailed: the exception says what to do.",
            ServerSessionHealthReason.MoveStoreUnavailable =>
                "The session store of the move that is read second cannot be used. Its sessions cannot be used until it is back; the "
                    + "others can.",
            ServerSessionHealthReason.Unavailable =>
                "The session store cannot be reached, or does not reply in time. Check that its server runs, and the network to it.",
            ServerSessionHealthReason.WriteFailed =>
                "Sessions can be read and not be written. Look for a full disk, or for a server that can only be read.",
            _ => "The session store replies with an error. Look for the log event HealthProbeFailed: the exception says what to do.",
        };

    private ServerSessionHealthReason? Degraded() =>
        prunes.IsLate ? ServerSessionHealthReason.PruneLate
        : sessions().Store.IsInMemory && environment?.IsDevelopment() == false ? ServerSessionHealthReason.MemoryStore
        : null;

    private DateTimeOffset Since(ServerSessionHealthReason reason, string backend, Exception? failure)
    {
        lock (_gate)
        {
            if (_last != reason)
            {
                if (failure is not null)
                {
                    Log.HealthProbeFailed(logger, backend, ToCode(reason), failure);
                }

                (_last, _since) = (reason, timeProvider.GetUtcNow());
            }

            return _since;
        }
    }
}
