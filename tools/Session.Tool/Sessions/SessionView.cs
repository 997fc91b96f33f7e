using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Sessions;

/// <summary>What is shown of a session. The id only if it was asked for.</summary>
/// <param name="Session">The fingerprint of the id.</param>
/// <param name="Id">The id or its hash, as the store has it; <see langword="null"/> unless asked for.</param>
/// <param name="Kind">What it is.</param>
/// <param name="SealedWith">What it is encrypted with, if it is sealed.</param>
/// <param name="User">Who is signed in, if it is known.</param>
/// <param name="Handle">The public name of the session among those of its user.</param>
/// <param name="Device">The description of the user's device.</param>
/// <param name="Expires">The expiry; <see langword="null"/>: never.</param>
/// <param name="ExpiresIn">The remaining life in seconds.</param>
/// <param name="Bytes">The size of the payload.</param>
internal sealed record SessionView(
    string Session,
    string? Id,
    SessionKind Kind,
    Sealing? SealedWith,
    string? User,
    string? Handle,
    string? Device,
    DateTimeOffset? Expires,
    double? ExpiresIn,
    int Bytes
)
{
    public static SessionView Of(SessionEntry entry, SessionContent content, bool fullIds, DateTimeOffset now)
    {
        var expires = Json.Instant(entry.Record.Expires);
        return new SessionView(
            Sid.Fingerprint(entry.Sid),
            fullIds ? entry.Sid : null,
            content.Kind,
            content.Sealing,
            content.User,
            content.Handle,
            content.Device,
            expires,
            expires is { } instant ? Json.Seconds(instant - now) : null,
            entry.Record.Payload.Length
        );
    }
}
