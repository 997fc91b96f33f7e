namespace ServerSessions.Stores;

/// <summary>One result of an examination of a store. No text has a session id, a payload or a password. Immutable.</summary>
/// <param name="Group">What it is about.</param>
/// <param name="Name">What was examined, in one to four words: <c>expiry index</c>.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Found">What was found, without a full stop: <c>'session_expired' on expired</c>.</param>
public sealed record StoreCheck(StoreCheckGroup Group, string Name, StoreCheckOutcome Outcome, string Found)
{
    /// <summary>Gets what is expected, without a full stop; <see langword="null"/> if the check has passed or is unknown.</summary>
    public string? Expected { get; init; }

    /// <summary>Gets what to do, in sentences; <see langword="null"/> if the check has passed.</summary>
    public string? Advice { get; init; }

    /// <summary>Gets the number that was found, if the check counts something.</summary>
    public long? Count { get; init; }

    /// <summary>Creates a check that is as it should be.</summary>
    /// <param name="group">What it is about.</param>
    /// <param name="name">What was examined.</param>
    /// <param name="found">What was found.</param>
    /// <returns>The check.</returns>
    public static StoreCheck Passed(StoreCheckGroup group, string name, string found) => new(group, name, StoreCheckOutcome.Passed, found);

    /// <summary>Creates a check that found a weakness.</summary>
    /// <param name="group">What it is about.</param>
    /// <param name="name">What was examined.</param>
    /// <param name="found">What was found.</param>
    /// <param name="expected">What is expected.</param>
    /// <param name="advice">What to do.</param>
    /// <returns>The check.</returns>
    public static StoreCheck Warning(StoreCheckGroup group, string name, string found, string expected, string advice) =>
        new(group, name, StoreCheckOutcome.Warning, found) { Expected = expected, Advice = advice };

    /// <summary>Creates a check that found that the store does not work, or loses sessions.</summary>
    /// <param name="group">What it is about.</param>
    /// <param name="name">What was examined.</param>
    /// <param name="found">What was found.</param>
    /// <param name="expected">What is expected.</param>
    /// <param name="advice">What to do.</param>
    /// <returns>The check.</returns>
    public static StoreCheck Failed(StoreCheckGroup group, string name, string found, string expected, string advice) =>
        new(group, name, StoreCheckOutcome.Failed, found) { Expected = expected, Advice = advice };

    /// <summary>Creates a check of what the backend does not disclose.</summary>
    /// <param name="group">What it is about.</param>
    /// <param name="name">What was to be examined.</param>
    /// <param name="found">Why it is unknown.</param>
    /// <param name="advice">How it can be found out.</param>
    /// <returns>The check.</returns>
    public static StoreCheck Unknown(StoreCheckGroup group, string name, string found, string advice) =>
        new(group, name, StoreCheckOutcome.Unknown, found) { Advice = advice };

    /// <summary>Creates the check of a setting that has two values.</summary>
    /// <param name="isGood">Whether it is as it should be. If not, the check is a warning.</param>
    /// <param name="group">What it is about.</param>
    /// <param name="name">What was examined.</param>
    /// <param name="found">What was found.</param>
    /// <param name="expected">What is expected.</param>
    /// <param name="advice">What to do.</param>
    /// <returns>The check.</returns>
    public static StoreCheck Of(bool isGood, StoreCheckGroup group, string name, string found, string expected, string advice) =>
        isGood ? Passed(group, name, found) : Warning(group, name, found, expected, advice);
}
