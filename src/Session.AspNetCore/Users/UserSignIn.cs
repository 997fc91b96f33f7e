namespace ServerSessions;

/// <summary>What is known of a sign-in; all of it is optional. It is kept in the session.</summary>
public sealed record UserSignIn
{
    /// <summary>How the user signed in: <c>password</c>, <c>passkey</c>, the name of a provider. At most 100 characters are kept.</summary>
    public string? Method { get; init; }

    /// <summary>The description of the device. <see langword="null"/>: <see cref="UserSessionOptions.Label"/> describes it.</summary>
    public string? Label { get; init; }

    /// <summary>
    /// When the user last proved an identity. <see langword="null"/>: now. With a sign-in at a provider it may be earlier
    /// (<c>auth_time</c>).
    /// </summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>
    /// When the password or other credential was checked. If all sessions of the user were ended since, the sign-in is refused: it may have
    /// been with a password that is changed by now. It is compared for at least five minutes. <see langword="null"/>: not compared.
    /// </summary>
    public DateTimeOffset? CheckedAt { get; init; }
}
