using Microsoft.Extensions.Logging;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Raises the events of the sessions of one name: counts each, and gives it to every handler that the application has registered. The
/// methods never throw, and complete at once without a handler.
/// </summary>
/// <param name="name">The name of the sessions.</param>
/// <param name="backend">The name of the backend.</param>
/// <param name="handlers">The handlers, which are called in this order.</param>
/// <param name="metrics">The counters of events.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="findUser">Finds who is signed in; called for handlers only.</param>
internal sealed class SessionEvents(
    string name,
    string backend,
    IEnumerable<IServerSessionEvents> handlers,
    ServerSessionMetrics metrics,
    TimeProvider timeProvider,
    ILogger logger,
    Func<SessionDocument, (string? Handle, string? Subject)>? findUser = null
)
{
    private readonly IServerSessionEvents[] _handlers = [.. handlers];
    private readonly RateLimitedWarning _failures = new(timeProvider);

    /// <summary>Whether a handler has asked for the names of changed keys.</summary>
    public bool WantsChangedKeys { get; } = handlers.Any(static handler => handler.WantsChangedKeys);

    /// <summary>A new session was stored.</summary>
    public ValueTask CreatedAsync(SessionDocument document)
    {
        metrics.Started(backend);
        return _handlers.Length == 0
            ? default
            : RaiseAsync(new SessionCreated { Info = About(document) }, static (handler, created) => handler.CreatedAsync(created));
    }

    /// <summary>A user has signed in, and the session was stored.</summary>
    /// <param name="document">The session.</param>
    /// <param name="method">How the user has signed in.</param>
    /// <param name="isNewDevice">Whether no other session of the user is on such a device; <see langword="null"/> if not known.</param>
    public ValueTask SignedInAsync(SessionDocument document, string? method = null, bool? isNewDevice = null)
    {
        metrics.SignedIn(backend);
        return _handlers.Length == 0
            ? default
            : RaiseAsync(
                new SessionSignedIn
                {
                    Info = About(document),
                    Method = method,
                    IsNewDevice = isNewDevice,
                },
                static (handler, signedIn) => handler.SignedInAsync(signedIn)
            );
    }

    /// <summary>A session has moved to a new id.</summary>
    public ValueTask RenewedAsync(SessionDocument document, bool isSignIn)
    {
        metrics.Renewed(backend);
        return _handlers.Length == 0
            ? default
            : RaiseAsync(
                new SessionRenewed { Info = About(document), IsSignIn = isSignIn },
                static (handler, renewed) => handler.RenewedAsync(renewed)
            );
    }

    /// <summary>A session that was stored before was stored again.</summary>
    /// <param name="document">The session.</param>
    /// <param name="keys">The names of the changed keys, if <see cref="WantsChangedKeys"/>.</param>
    public ValueTask ChangedAsync(SessionDocument document, IReadOnlyList<string>? keys) =>
        _handlers.Length == 0
            ? default
            : RaiseAsync(
                new SessionChanged { Info = About(document), Keys = keys },
                static (handler, changed) => handler.ChangedAsync(handler.WantsChangedKeys ? changed : changed with { Keys = null })
            );

    /// <summary>A session was ended.</summary>
    public ValueTask EndedAsync(SessionDocument document, SessionEndReason reason) => EndedAsync(About(document), reason);

    /// <summary>A session was ended of which only handle and subject are known.</summary>
    public ValueTask EndedAsync(string? handle, string? subject, SessionEndReason reason) =>
        EndedAsync(About(null) with { Handle = handle, Subject = subject }, reason);

    /// <summary>A session was not ended although it was to be.</summary>
    public ValueTask EndFailedAsync(SessionDocument document, SessionEndReason reason, Exception failure) =>
        EndFailedAsync(About(document), reason, failure);

    /// <summary>A session of which only handle and subject are known was not ended, or without a handle those of the user.</summary>
    public ValueTask EndFailedAsync(string? handle, string subject, SessionEndReason reason, Exception failure) =>
        EndFailedAsync(About(null) with { Handle = handle, Subject = subject }, reason, failure);

    /// <summary>A request came with a session whose absolute timeout has passed, and it was removed.</summary>
    public ValueTask ExpiredAsync(SessionDocument document) =>
        ExpiredAsync(
            new SessionExpired
            {
                Info = About(document),
                How = SessionExpiry.Met,
                Count = 1,
            }
        );

    /// <summary>A prune has removed sessions.</summary>
    public ValueTask PrunedAsync(long count) =>
        ExpiredAsync(
            new SessionExpired
            {
                Info = About(null),
                How = SessionExpiry.Pruned,
                Count = count,
            }
        );

    /// <summary>A request with a session cookie has no session.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="document">The session, if it is known.</param>
    public ValueTask RejectedAsync(SessionRejection reason, SessionDocument? document = null)
    {
        metrics.Rejected(backend, reason);
        return _handlers.Length == 0
            ? default
            : RaiseAsync(
                new SessionRejected { Info = About(document), Reason = reason },
                static (handler, rejected) => handler.RejectedAsync(rejected)
            );
    }

    /// <summary>The store cannot be used.</summary>
    public ValueTask StoreUnavailableAsync() =>
        _handlers.Length == 0
            ? default
            : RaiseAsync(
                new SessionStoreUnavailable { Info = About(null) },
                static (handler, unavailable) => handler.StoreUnavailableAsync(unavailable)
            );

    /// <summary>The store can be used again.</summary>
    public ValueTask StoreRecoveredAsync(TimeSpan outage) =>
        _handlers.Length == 0
            ? default
            : RaiseAsync(
                new SessionStoreRecovered { Info = About(null), Outage = outage },
                static (handler, recovered) => handler.StoreRecoveredAsync(recovered)
            );

    private ValueTask EndedAsync(SessionEventInfo info, SessionEndReason reason)
    {
        metrics.Ended(backend, reason);
        return _handlers.Length == 0
            ? default
            : RaiseAsync(new SessionEnded { Info = info, Reason = reason }, static (handler, ended) => handler.EndedAsync(ended));
    }

    private ValueTask EndFailedAsync(SessionEventInfo info, SessionEndReason reason, Exception failure)
    {
        metrics.EndFailed(backend, reason, failure);
        return _handlers.Length == 0
            ? default
            : RaiseAsync(
                new SessionEndFailed { Info = info, Reason = reason },
                static (handler, failed) => handler.EndFailedAsync(failed)
            );
    }

    private ValueTask ExpiredAsync(SessionExpired expired)
    {
        metrics.Expired(backend, expired.How, expired.Count);
        return _handlers.Length == 0 ? default : RaiseAsync(expired, static (handler, expired) => handler.ExpiredAsync(expired));
    }

    private SessionEventInfo About(SessionDocument? document)
    {
        var (handle, subject) = document is null || findUser is null || _handlers.Length == 0 ? default : findUser(document);
        return new SessionEventInfo
        {
            Time = timeProvider.GetUtcNow(),
            Name = name,
            Backend = backend,
            Handle = handle,
            Subject = subject,
        };
    }

    private async ValueTask RaiseAsync<T>(T happened, Func<IServerSessionEvents, T, ValueTask> call)
    {
        foreach (var handler in _handlers)
        {
            try
            {
                await call(handler, happened);
            }
            catch (Exception error)
            {
                // A handler may throw any exception, and the request has done what it reports.
                metrics.EventFailed();
                if (_failures.IsDue())
                {
                    Log.EventHandlerFailed(logger, handler.GetType().Name, error);
                }
            }
        }
    }
}
