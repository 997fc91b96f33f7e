using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The sign-in of a session as the session holds it: the member <c>__login</c>. It moves with the session to a new id, is encrypted with
/// it, and ends with it. Node keeps it as it is.
/// </summary>
/// <param name="Handle">The public name of the session.</param>
/// <param name="Subject">The user.</param>
/// <param name="SignedInAt">When the user signed in.</param>
/// <param name="AuthenticatedAt">When the user last proved an identity.</param>
/// <param name="Method">How the user signed in.</param>
/// <param name="Label">The device.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Until">The expiry of the user's list, as this session last saw it. The session must not live longer.</param>
internal sealed record StoredLogin(
    string Handle,
    string Subject,
    DateTimeOffset SignedInAt,
    DateTimeOffset? AuthenticatedAt,
    string? Method,
    string? Label,
    string? Address,
    DateTimeOffset Until
)
{
    private const int HandleBytes = 16;

    private static ReadOnlySpan<byte> UntilName => "until"u8;

    /// <summary>Begins the sign-in of a user in a request, with a new handle.</summary>
    public static StoredLogin Begin(HttpContext context, string subject, DateTimeOffset now, UserSessionOptions options) =>
        new(
            Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(HandleBytes)),
            subject,
            now,
            AuthenticatedAt: null,
            Method: null,
            DeviceLabel.Cut(options.Label(context)),
            ClientAddress.Of(context.Connection.RemoteIpAddress, options.Address),
            Until: default
        );

    /// <summary>Returns the sign-in of a session; <see langword="null"/> if it has none. What another program put there is none.</summary>
    public static StoredLogin? Find(SessionDocument document)
    {
        if (!document.TryGetJson(ReservedKeys.Login, out var json))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json.Span, UsersJson.Default.StoredLogin)
                is { Handle.Length: > 0, Subject: { } subject } login
                && UserSubject.IsValid(subject)
                ? login
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns who is signed in; nulls if no one is.</summary>
    public static (string? Handle, string? Subject) UserOf(SessionDocument document) =>
        Find(document) is { } login ? (login.Handle, login.Subject) : default;

    /// <summary>
    /// Returns <see cref="Until"/> of a session's sign-in without reading the rest, because each request of a user who is signed in does
    /// so.
    /// </summary>
    public static DateTimeOffset? FindUntil(SessionDocument document)
    {
        if (!document.TryGetJson(ReservedKeys.Login, out var json))
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(json.Span);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals(UntilName))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var until)
                        ? until
                        : default(DateTimeOffset);
                }
            }
        }
        catch (JsonException)
        {
            // Not ours.
            return null;
        }

        return default(DateTimeOffset);
    }

    /// <summary>Removes the sign-in of a handle from a session. Another one stays.</summary>
    public static void Remove(SessionDocument document, string handle)
    {
        if (Find(document)?.Handle == handle)
        {
            document.Remove(ReservedKeys.Login);
        }
    }

    /// <summary>Puts the sign-in into a session.</summary>
    public void PutInto(SessionDocument document) =>
        document.SetJson(ReservedKeys.Login, JsonSerializer.SerializeToUtf8Bytes(this, UsersJson.Default.StoredLogin));

    /// <summary>Returns the sign-in with another expiry of the user's list.</summary>
    public StoredLogin LastingUntil(DateTimeOffset until) => this with { Until = until };

    /// <summary>Returns what the application may know.</summary>
    public UserLogin ToPublic() => new(Handle, Subject, SignedInAt, AuthenticatedAt, Method, Label, Address);
}
