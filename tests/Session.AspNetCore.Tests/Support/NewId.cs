namespace ServerSessions.Tests;

/// <summary>The three ways in which a session gets a new id.</summary>
public enum NewId
{
    /// <summary><see cref="ServerSession.RenewIdAsync"/>.</summary>
    Renewed,

    /// <summary><see cref="ServerSession.RenewForSignInAsync"/>.</summary>
    SignedIn,

    /// <summary><see cref="ServerSession.RegenerateAsync"/>.</summary>
    Regenerated,
}

internal static class NewIds
{
    /// <summary>Gives a session a new id.</summary>
    public static ValueTask GiveAsync(this ServerSession session, NewId how, CancellationToken cancellationToken = default) =>
        how switch
        {
            NewId.Renewed => session.RenewIdAsync(cancellationToken),
            NewId.SignedIn => session.RenewForSignInAsync(cancellationToken),
            _ => session.RegenerateAsync(cancellationToken),
        };
}
