using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// Writes the events to the log, for operators: without the user. What any client can cause is logged at most once a minute for each
/// reason, with the number since the last line.
/// </summary>
internal sealed class LoggedEvents(ILogger<LoggedEvents> logger, TimeProvider timeProvider) : IServerSessionEvents
{
    private readonly RejectionLines _rejections = new(timeProvider);

    public ValueTask CreatedAsync(SessionCreated created)
    {
        EventLog.Created(logger, created.Info.Backend);
        return default;
    }

    public ValueTask SignedInAsync(SessionSignedIn signedIn)
    {
        EventLog.SignedIn(logger, signedIn.Info.Backend);
        return default;
    }

    public ValueTask RenewedAsync(SessionRenewed renewed)
    {
        EventLog.Renewed(logger, renewed.Info.Backend, renewed.IsSignIn);
        return default;
    }

    public ValueTask ChangedAsync(SessionChanged changed)
    {
        EventLog.Changed(logger, changed.Info.Backend);
        return default;
    }

    public ValueTask EndedAsync(SessionEnded ended)
    {
        EventLog.Ended(logger, ended.Info.Backend, ended.Reason);
        return default;
    }

    public ValueTask EndFailedAsync(SessionEndFailed failed)
    {
        EventLog.EndFailed(logger, failed.Info.Backend, failed.Reason);
        return default;
    }

    public ValueTask ExpiredAsync(SessionExpired expired)
    {
        EventLog.Expired(logger, expired.Count, expired.Info.Backend, expired.How);
        return default;
    }

    public ValueTask RejectedAsync(SessionRejected rejected)
    {
        if (_rejections.TryBegin(rejected.Reason, out var count))
        {
            EventLog.Rejected(logger, count, rejected.Info.Backend, rejected.Reason);
        }

        return default;
    }

    public ValueTask StoreUnavailableAsync(SessionStoreUnavailable unavailable)
    {
        EventLog.StoreUnavailable(logger, unavailable.Info.Backend);
        return default;
    }

    public ValueTask StoreRecoveredAsync(SessionStoreRecovered recovered)
    {
        EventLog.StoreRecovered(logger, recovered.Info.Backend, recovered.Outage.TotalSeconds);
        return default;
    }
}
