namespace ServerSessions;

/// <summary>The sign-in of a session: who is signed in, since when, on what.</summary>
/// <param name="Handle">
/// The public name of the session: 22 characters, of which no one can compute the session id. The same as long as the user stays signed in.
/// </param>
/// <param name="Subject">The user.</param>
/// <param name="SignedInAt">When the user signed in.</param>
/// <param name="AuthenticatedAt">When the user last proved an identity; <see langword="null"/> if that is not known.</param>
/// <param name="Method">How the user signed in, if the application has said so.</param>
/// <param name="Label">The device as the user may recognize it.</param>
/// <param name="Address">The client's address at sign-in, as far as <see cref="UserSessionOptions.Address"/> allows.</param>
public sealed record UserLogin(
    string Handle,
    string Subject,
    DateTimeOffset SignedInAt,
    DateTimeOffset? AuthenticatedAt,
    string? Method,
    string? Label,
    string? Address
)
{
    /// <summary>Returns the type. The user and the address must not reach logs.</summary>
    /// <returns>A text without content.</returns>
    public override string ToString() => nameof(UserLogin);
}
