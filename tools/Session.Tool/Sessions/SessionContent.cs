using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Tool.Sessions;

/// <summary>What can be read of a record, with the keys that are given.</summary>
internal sealed class SessionContent
{
    // The names that the middleware reserves.
    private const string SealedKey = "sealed";
    private const string MovedKey = "__moved";
    private const string LoginKey = "__login";

    private SessionContent(SessionKind kind, SessionDocument? document)
    {
        Kind = kind;
        Document = document;
        if (kind == SessionKind.Session && document!.TryGetJson(LoginKey, out var login))
        {
            (User, Handle, Device) = ReadLogin(login);
        }
    }

    public SessionKind Kind { get; }

    /// <summary>Whether the record is encrypted, and was opened.</summary>
    public bool IsOpened { get; private init; }

    /// <summary>What the record is encrypted with, if it is sealed and did not open.</summary>
    public Sealing? Sealing { get; private init; }

    /// <summary>The members; <see langword="null"/> if the record is unreadable.</summary>
    public SessionDocument? Document { get; }

    /// <summary>Who is signed in, as the application said at the sign-in; <see langword="null"/> if unknown.</summary>
    public string? User { get; }

    /// <summary>The public name of the session among those of its user.</summary>
    public string? Handle { get; }

    /// <summary>The description of the device: <c>Firefox on Windows</c>.</summary>
    public string? Device { get; }

    /// <param name="entry">The session.</param>
    /// <param name="protector">Opens encrypted sessions; <see langword="null"/> if no key is given.</param>
    public static SessionContent Of(SessionEntry entry, IPayloadProtector? protector)
    {
        try
        {
            var document = SessionDocument.Parse(entry.Record.Payload);
            return SealedText(document) is not { } text ? new SessionContent(KindOf(document), document)
                : protector?.Open(entry.Sid, text) is { } payload && SessionDocument.Parse(payload) is var opened
                    ? new SessionContent(KindOf(opened), opened) { IsOpened = true }
                : new SessionContent(SessionKind.Sealed, document) { Sealing = SealingExtensions.Of(text) };
        }
        catch (SessionPayloadException)
        {
            return new SessionContent(SessionKind.Unreadable, null);
        }
    }

    private static SessionKind KindOf(SessionDocument document) =>
        document.Count != 1 ? SessionKind.Session
        : document.TryGetJson(SealedKey, out var text) && IsString(text) ? SessionKind.Sealed
        : document.TryGetJson(MovedKey, out text) && IsString(text) ? SessionKind.Tombstone
        : SessionKind.Session;

    private static string? SealedText(SessionDocument document) =>
        KindOf(document) == SessionKind.Sealed && document.TryGetJson(SealedKey, out var json) ? SessionJson.DecodeString(json.Span) : null;

    private static bool IsString(ReadOnlyMemory<byte> json) => json.Span is [(byte)'"', ..];

    // What another program has put there is no sign-in.
    private static (string? User, string? Handle, string? Device) ReadLogin(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var login = JsonDocument.Parse(json);
            return (Text(login, "subject"), Text(login, "handle"), Text(login, "label"));
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static string? Text(JsonDocument login, string name) =>
        login.RootElement.ValueKind == JsonValueKind.Object
        && login.RootElement.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
