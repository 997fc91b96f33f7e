namespace ServerSessions;

/// <summary>A count of the sessions.</summary>
/// <param name="At">When it was begun.</param>
/// <param name="Number">The number; <see langword="null"/> if the store failed.</param>
/// <param name="Took">How long it took.</param>
internal readonly record struct CountSample(DateTimeOffset At, long? Number, TimeSpan Took);
