using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// Logs and counts failures of sessions, with backend and operation: once for each request, however many of its calls fail and wherever the
/// first failure surfaces.
/// </summary>
internal sealed class FailureReports(ILogger logger, ServerSessionMetrics metrics, string backendOfStore, TimeProvider timeProvider)
{
    // An outage fails every request: the counter has them all, a line a minute is enough for the log.
    private readonly RateLimitedWarning _disconnected = new(timeProvider);

    /// <summary>The session could not be read.</summary>
    public void OfLoad(RequestSession request, Exception failure)
    {
        if (Count(request, failure, SessionStoreOperation.Get, out var backend, out var operation))
        {
            Log.LoadFailed(logger, backend, operation, failure);
        }
    }

    /// <summary>The session was not read, since the store is disconnected.</summary>
    public void OfDisconnected(RequestSession request, Exception failure)
    {
        if (Count(request, failure, SessionStoreOperation.Get, out var backend, out var operation) && _disconnected.IsDue())
        {
            Log.StoreDisconnected(logger, backend, operation);
        }
    }

    /// <summary>The session could not be brought to the store with the response or at the end of the request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="failure">What went wrong.</param>
    /// <param name="attempted">What the commit was about: <see cref="SessionStoreOperation.Set"/>,
    /// <see cref="SessionStoreOperation.Touch"/> or <see cref="SessionStoreOperation.Destroy"/>.</param>
    public void OfCommit(RequestSession request, Exception failure, SessionStoreOperation attempted)
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

    /// <summary>An operation that the application asked for failed, and the application let the exception through.</summary>
    public void OfOperation(RequestSession request, SessionStoreException failure)
    {
        if (Count(request, failure, failure.Operation, out var backend, out var operation))
        {
            Log.OperationFailed(logger, backend, operation, failure);
        }
    }

    private bool Count(RequestSession request, Exception failure, SessionStoreOperation attempted, out string backend, out string operation)
    {
        // The store's name, whatever name an exception brings: one store is one series of the counter.
        backend = backendOfStore;
        operation = NameOf((failure as SessionStoreException)?.Operation ?? attempted);
        if (request.IsFailureReported)
        {
            return false;
        }

        request.IsFailureReported = true;
        metrics.Failure(backend, operation);
        return true;
    }

    private static string NameOf(SessionStoreOperation operation) =>
        operation switch
        {
            SessionStoreOperation.Open => "open",
            SessionStoreOperation.Get => "get",
            SessionStoreOperation.Set => "set",
            SessionStoreOperation.Destroy => "destroy",
            SessionStoreOperation.Touch => "touch",
            SessionStoreOperation.TrySet => "try_set",
            SessionStoreOperation.All => "all",
            SessionStoreOperation.Length => "length",
            SessionStoreOperation.Clear => "clear",
            SessionStoreOperation.Prune => "prune",
            _ => "unknown",
        };
}
