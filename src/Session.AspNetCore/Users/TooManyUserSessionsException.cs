using System.Globalization;

namespace ServerSessions;

/// <summary>
/// A user was not signed in: the user has <see cref="UserSessionOptions.MaxSessionsPerUser"/> sessions, and
/// <see cref="UserSessionOptions.WhenTooMany"/> is <see cref="WhenTooManySessions.Refuse"/>. The session belongs to no user.
/// </summary>
public sealed class TooManyUserSessionsException : InvalidOperationException
{
    internal TooManyUserSessionsException(int limit)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The user was not signed in: {limit} sessions of the user are live, and no more are allowed "
                    + $"(UserSessionOptions.MaxSessionsPerUser). End one with IUserSessions.EndAsync, or sign in again after a sign-out."
            )
        ) => Limit = limit;

    /// <summary>The largest number of sessions of one user.</summary>
    public int Limit { get; }
}
