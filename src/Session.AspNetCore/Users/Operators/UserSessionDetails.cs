namespace ServerSessions;

/// <summary>One session of a user as an operator may see it: no id, no store key, no value.</summary>
/// <param name="Session">What the user's list says of it.</param>
/// <param name="CreatedAt">
/// When it was created. <see langword="null"/> if that is not kept: without <see cref="ServerSessionOptions.AbsoluteTimeout"/>.
/// </param>
/// <param name="Size">The size of its record in the store, in bytes. Encrypted, if sessions are.</param>
/// <param name="Keys">Its keys, the largest first.</param>
public sealed record UserSessionDetails(
    UserSession Session,
    DateTimeOffset? CreatedAt,
    int Size,
    IReadOnlyList<UserSessionKey> Keys
)
{
    /// <summary>Returns the type. The user must not reach logs.</summary>
    /// <returns>A text without content.</returns>
    public override string ToString() => nameof(UserSessionDetails);
}

/// <summary>A key of a session, without its value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Size">The size of its value as JSON, in bytes.</param>
/// <param name="IsReserved">Whether the library keeps it. Otherwise the application does.</param>
public readonly record struct UserSessionKey(string Name, int Size, bool IsReserved);
