using System.Collections.Concurrent;

namespace ServerSessions;

/// <summary>The mapped endpoints of users' sessions, by the name of the sessions. A page of the application finds its links here.</summary>
internal sealed class UserSessionMaps
{
    private readonly ConcurrentDictionary<string, UserSessionPart> _parts = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">They are mapped already.</exception>
    public void Add(string name, UserSessionPart part)
    {
        if (!_parts.TryAdd(name, part))
        {
            throw new InvalidOperationException($"MapUserSessions was called twice for {NamedServices.Describe(name)}. Call it once.");
        }
    }

    /// <exception cref="InvalidOperationException">They are not mapped.</exception>
    public UserSessionPart Of(string name) =>
        _parts.TryGetValue(name, out var part)
            ? part
            : throw new InvalidOperationException(
                $"The list of a user's sessions was not rendered: its endpoints are not mapped for {NamedServices.Describe(name)}. Call "
                    + "app.MapUserSessions(...)."
            );
}
