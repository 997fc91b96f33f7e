using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ServerSessions;

/// <summary>
/// Measures what the sessions of one store do: activities and durations. Costs a comparison if no one listens, and never an allocation.
/// </summary>
internal sealed class SessionTelemetry(ServerSessionMetrics metrics, string backend, TimeProvider timeProvider)
{
    private static readonly string Version = typeof(SessionTelemetry).Assembly.GetName().Version!.ToString(3);
    private static readonly ActivitySource Source = new(ServerSessionTelemetry.ActivitySourceName, Version);
    private static readonly ActivitySource StoreSource = new(ServerSessionTelemetry.StoreActivitySourceName, Version);

    // A name for each operation, so that none is put together for a call.
    private static readonly string[] StoreActivities =
    [
        .. Enum.GetValues<SessionStoreOperation>().Select(static one => ServerSessionActivityNames.StorePrefix + TagValues.Of(one)),
    ];

    public ServerSessionMetrics Metrics => metrics;

    /// <summary>Begins to measure the load of a request's session.</summary>
    public Measured BeginLoad() => Begin(Source, ServerSessionActivityNames.Load, metrics.LoadDuration);

    public void EndLoad(Measured load, LoadOutcome outcome) =>
        End(load, metrics.LoadDuration, new(ServerSessionTagNames.Outcome, TagValues.Of(outcome)));

    public void EndLoad(Measured load, Exception failure) =>
        End(load, metrics.LoadDuration, new(ServerSessionTagNames.Outcome, TagValues.Of(LoadOutcome.Error)), failure);

    /// <summary>Begins to measure a commit that calls the store.</summary>
    public Measured BeginCommit() => Begin(Source, ServerSessionActivityNames.Commit, metrics.CommitDuration);

    public void EndCommit(Measured commit, StoreAction action, Exception? failure = null) =>
        End(commit, metrics.CommitDuration, new(ServerSessionTagNames.Decision, TagValues.Of(action)), failure);

    /// <summary>Begins to measure a call of the store.</summary>
    public Measured BeginCall(SessionStoreOperation operation) =>
        Begin(StoreSource, StoreActivities[(int)operation], metrics.StoreOperationDuration);

    public void EndCall(Measured call, SessionStoreOperation operation, Exception? failure = null) =>
        End(call, metrics.StoreOperationDuration, new(ServerSessionTagNames.Operation, TagValues.Of(operation)), failure);

    /// <summary>Makes an operation of the sessions of a user, within an activity.</summary>
    /// <param name="name">The name of the activity.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="count">Returns how many sessions it was about, and how many of them failed.</param>
    public async ValueTask<T> TraceAsync<T>(string name, Func<ValueTask<T>> operation, Func<T, (int Done, int Failed)> count)
    {
        using var activity = Source.StartActivity(name);
        activity?.SetTag(ServerSessionTagNames.Backend, backend);
        try
        {
            var result = await operation();
            if (activity is not null)
            {
                var (done, failed) = count(result);
                activity.SetTag(ServerSessionTagNames.Count, done);
                if (failed > 0)
                {
                    activity.SetTag(ServerSessionTagNames.Failed, failed);
                    activity.SetStatus(ActivityStatusCode.Error);
                }
            }

            return result;
        }
        catch (Exception failure)
        {
            SetError(activity, TagValues.Of(failure));
            throw;
        }
    }

    /// <summary>Counts a save that the store has acknowledged.</summary>
    public void Saved(int attempts, int bytes)
    {
        metrics.WriteAttempts.Record(attempts, ServerSessionMetrics.BackendTag(backend));
        metrics.PayloadSize.Record(bytes, ServerSessionMetrics.BackendTag(backend));
        if (Source.HasListeners() && Activity.Current is { OperationName: ServerSessionActivityNames.Commit } commit)
        {
            commit.SetTag(ServerSessionTagNames.Attempts, attempts);
        }
    }

    public void Conflict() => metrics.Conflict(backend);

    public void Dropped() => metrics.Dropped(backend);

    public void Refused() => metrics.Refused(backend);

    private Measured Begin(ActivitySource source, string name, Histogram<double> duration) =>
        new(source.StartActivity(name), duration.Enabled ? timeProvider.GetTimestamp() : null);

    private void End(Measured measured, Histogram<double> duration, KeyValuePair<string, object?> tag, Exception? failure = null)
    {
        var errorType = failure is null ? null : TagValues.Of(failure);
        if (measured.Started is { } started)
        {
            var seconds = timeProvider.GetElapsedTime(started).TotalSeconds;
            if (errorType is null)
            {
                duration.Record(seconds, ServerSessionMetrics.BackendTag(backend), tag);
            }
            else
            {
                duration.Record(
                    seconds,
                    ServerSessionMetrics.BackendTag(backend),
                    tag,
                    new(ServerSessionTagNames.ErrorType, errorType)
                );
            }
        }

        if (measured.Activity is { } activity)
        {
            activity.SetTag(ServerSessionTagNames.Backend, backend);
            activity.SetTag(tag.Key, tag.Value);
            if (errorType is not null)
            {
                SetError(activity, errorType);
            }

            activity.Dispose();
        }
    }

    private static void SetError(Activity? activity, string errorType)
    {
        activity?.SetTag(ServerSessionTagNames.ErrorType, errorType);
        activity?.SetStatus(ActivityStatusCode.Error);
    }
}

/// <summary>What is being measured.</summary>
/// <param name="Activity">The activity; <see langword="null"/> if no one listens.</param>
/// <param name="Started">The timestamp of its begin; <see langword="null"/> if no one measures durations.</param>
internal readonly record struct Measured(Activity? Activity, long? Started);
