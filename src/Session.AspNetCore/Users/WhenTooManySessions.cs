namespace ServerSessions;

/// <summary>What a sign-in does if the user already has the largest number of sessions.</summary>
public enum WhenTooManySessions
{
    /// <summary>The sessions that were signed in first are ended.</summary>
    EndOldest,

    /// <summary>The sign-in fails with <see cref="TooManyUserSessionsException"/>. Nothing is signed in or ended.</summary>
    Refuse,
}
