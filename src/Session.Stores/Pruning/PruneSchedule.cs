namespace ServerSessions.Stores;

/// <summary>When a <see cref="PruneTimer"/> prunes, and how much at once.</summary>
/// <param name="Interval">
/// The time between two runs; <see cref="Timeout.InfiniteTimeSpan"/> for never. Each wait is a random 50 % to 150 % of it, so that
/// instances started together do not prune together.
/// </param>
/// <param name="Batch">The most sessions that one call removes.</param>
/// <param name="Rest">The pause after a full batch, as a multiple of the batch's time: the backend's time that is left to requests.</param>
public sealed record PruneSchedule(TimeSpan Interval, int Batch, int Rest = 1);
