using System.Diagnostics;

namespace ServerSessions.Stores;

/// <summary>The activities of a move, in the source <c>ServerSessions</c>, which the middleware's public names have, too.</summary>
internal static class MoveActivities
{
    private static readonly ActivitySource Source = new(
        "ServerSessions",
        typeof(MoveActivities).Assembly.GetName().Version!.ToString(3)
    );

    /// <summary>Begins the carry of one session by a read.</summary>
    public static Activity? BeginCarry(MoveRoute route, string backend) => Begin("server_session.move.carry", route, backend);

    /// <summary>Begins a drain. The sessions that it carries have no activities: there may be millions.</summary>
    public static Activity? BeginDrain(MoveRoute route, string backend) => Begin("server_session.move.drain", route, backend);

    /// <summary>Notes what became of the sessions.</summary>
    public static void SetCount(this Activity? activity, long carried, long failed)
    {
        activity?.SetTag("server_session.count", carried);
        if (failed > 0)
        {
            activity?.SetTag("server_session.failed", failed);
            activity?.SetStatus(ActivityStatusCode.Error);
        }
    }

    public static void SetFailure(this Activity? activity, Exception failure)
    {
        activity?.SetTag(
            "error.type",
            failure switch
            {
                OperationCanceledException => "canceled",
                SessionStoreUnavailableException => nameof(SessionStoreUnavailableException),
                SessionStoreException => nameof(SessionStoreException),
                _ => "_OTHER",
            }
        );
        activity?.SetStatus(ActivityStatusCode.Error);
    }

    private static Activity? Begin(string name, MoveRoute route, string backend) =>
        Source
            .StartActivity(name)
            ?.SetTag("server_session.backend", backend)
            .SetTag(MoveMetrics.DirectionKey, MoveMetrics.DirectionOf(route));
}
