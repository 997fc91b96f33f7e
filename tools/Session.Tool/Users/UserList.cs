using System.Text.Json;
using ServerSessions.Tool.Sessions;

namespace ServerSessions.Tool.Users;

/// <summary>The list of a user's sessions, as the application keeps it beside the sessions.</summary>
/// <param name="Subject">The user.</param>
/// <param name="Entries">The sessions.</param>
internal sealed record UserList(string Subject, IReadOnlyList<ListedSession> Entries)
{
    // The name that the middleware gives to the only member of a list.
    private const string Member = "__user";

    /// <summary>The key under which the list is stored.</summary>
    public string Key { get; private init; } = "";

    /// <summary>The expiry of the list.</summary>
    public DateTimeOffset? Expires { get; private init; }

    /// <summary>Returns the list of a record; <see langword="null"/> if it is encrypted and does not open, or is no list.</summary>
    public static UserList? Of(SessionEntry entry, IPayloadProtector? protector)
    {
        if (SessionContent.Of(entry, protector).Document is not { } document || !document.TryGetJson(Member, out var json))
        {
            return null;
        }

        try
        {
            var parsed = JsonSerializer.Deserialize<UserList>(json.Span, JsonSerializerOptions.Web);
            return parsed is { Subject: not null, Entries: not null } list
                ? list with { Key = entry.Sid, Expires = entry.Record.Expires }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A session in the list of a user.</summary>
/// <param name="Handle">The public name of the session.</param>
/// <param name="Keys">The store keys under which it may be: two while it gets a new id.</param>
/// <param name="Added">When the last key was added.</param>
/// <param name="Ending">Whether it is to be ended.</param>
internal sealed record ListedSession(string Handle, IReadOnlyList<string> Keys, DateTimeOffset Added, bool Ending);
