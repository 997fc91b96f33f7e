using System.Text.Json;
using ServerSessions.Simulation.World;

namespace ServerSessions.Simulation.Users;

/// <summary>What the two stores hold at one instant.</summary>
internal sealed record AtRest(IReadOnlyList<UserSessionAtRest> Sessions, IReadOnlyDictionary<string, UserListAtRest> Lists)
{
    public static AtRest Of(SimStore sessions, SimStore lists) =>
        new(
            [
                .. sessions
                    .Records.Select(static record => SessionOf(record.Key, record.Payload, record.Expires))
                    .OfType<UserSessionAtRest>(),
            ],
            lists.Records.Select(static record => ListOf(record.Payload, record.Expires)).ToDictionary(static list => list.Subject)
        );

    public bool IsLive(string handle) => Sessions.Any(session => session.Handle == handle);

    private static UserSessionAtRest? SessionOf(string key, byte[] payload, DateTimeOffset expires)
    {
        using var json = JsonDocument.Parse(payload);
        return json.RootElement.TryGetProperty("__login", out var login)
            ? new UserSessionAtRest(
                key,
                login.GetProperty("subject").GetString()!,
                login.GetProperty("handle").GetString()!,
                expires
            )
            : null;
    }

    private static UserListAtRest ListOf(byte[] payload, DateTimeOffset expires)
    {
        using var json = JsonDocument.Parse(payload);
        var user = json.RootElement.GetProperty("__user");
        return new UserListAtRest(
            user.GetProperty("subject").GetString()!,
            [
                .. user.GetProperty("entries")
                    .EnumerateArray()
                    .Select(static entry => new UserEntryAtRest(
                        entry.GetProperty("handle").GetString()!,
                        [.. entry.GetProperty("keys").EnumerateArray().Select(static key => key.GetString()!)],
                        entry.TryGetProperty("ending", out var ending) && ending.GetBoolean()
                    )),
            ],
            expires
        );
    }
}

/// <summary>A live session of a user.</summary>
internal sealed record UserSessionAtRest(string Key, string Subject, string Handle, DateTimeOffset Expires);

/// <summary>The list of a user.</summary>
internal sealed record UserListAtRest(string Subject, IReadOnlyList<UserEntryAtRest> Entries, DateTimeOffset Expires);

/// <summary>A session in the list of a user.</summary>
internal sealed record UserEntryAtRest(string Handle, IReadOnlyList<string> Keys, bool IsEnding);
