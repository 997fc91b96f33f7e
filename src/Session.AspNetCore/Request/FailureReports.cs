using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>Logs and counts session failures with backend and operation: once per request, regardless of how many calls fail.</summary>
internal sealed class FailureReports(ILogger logger, SessionTelemetry telemetry, string backendOfStore, TimeProvider timeProvider)
{
    // An outage fails every request. The counter has them all, and one log line a minute is enough.
    private readonly RateLimitedWarning _disconnected = new(timeProvider);

    public SessionTelemetry Telemetry => telemetry;

    /// <summary>Reports that the session could not be read.</summary>
    public void ReportLoad(RequestSession request, Exception failure)
    {
        if (Count(request, failure, SessionStoreOperation.Get, out var backend, out var operation))
        {
            Log.LoadFailed(logger, backend, operation, failure);
        }
    }

    /// <summary>Reports that the session of another library could not be imported.</summary>
    public void ReportImport(RequestSession request, Exception failure)
    {
        if (Count(request, failure, SessionStoreOperation.Get, out _, out _))
        {
            Log.ImportFailed(logger, failure);
        }
    }

    /// <summary>Reports that the session was not read because the store is disconnected.</summary>
    public void ReportDisconnected(RequestSession request, Exception failure)
    {
        if (Count(request, failure, SessionStoreOperation.Get, out var backend, out var operation) && _disconnected.IsDue())
        {
            Log.StoreDisconnected(logger, backend, operation);
        }
    }

    /// <summary>Reports that the session could not be committed, with the response or at the end of the request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="failure">The error.</param>
    /// <param name="attempted">
    /// What the commit tried: <see cref="SessionStoreOperation.Set"/>, <see cref="SessionStoreOperation.Touch"/> or
    /// <see cref="SessionStoreOperation.Destroy"/>.
    /// </param>
    public void ReportCommit(RequestSession request, Exception failure, SessionStoreOperation attempted)
    {
        if (!Count(request, failure, attempted, out var backend, out var operation))
        {
            return;
        }

        switch (attempted)
        {
            case SessionStoreOperation.Touch:
                Log.TouchFailed(logger, backend, operation, failure);
                break;
            case SessionStoreOperation.Destroy:
                Log.DestroyFailed(logger, backend, operation, failure);
                break;
            default:
                Log.CommitFailed(logger, backend, operation, failure);
                break;
        }
    }

    /// <summary>Reports that an operation of the application failed and that the application did not catch the exception.</summary>
    public void ReportOperation(RequestSession request, SessionStoreException failure)
    {
        if (Count(request, failure, failure.Operation, out var backend, out var operation))
        {
            Log.OperationFailed(logger, backend, operation, failure);
        }
    }

    /// <summary>Reports that a session is stored whose cookie can no longer be sent.</summary>
    public void ReportLateCookie() => Log.CookieTooLate(logger);

    private bool Count(RequestSession request, Exception failure, SessionStoreOperation attempted, out string backend, out string operation)
    {
        // Uses the store's name instead of the exception's, because one store is one series of the counter.
        backend = backendOfStore;
        operation = TagValues.Of((failure as SessionStoreException)?.Operation ?? attempted);
        if (!request.TryReport())
        {
            return false;
        }

        telemetry.Metrics.Failure(backend, operation, failure);
        return true;
    }
}
