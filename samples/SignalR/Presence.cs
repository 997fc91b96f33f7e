using System.Collections.Concurrent;

namespace SignalRSample;

/// <summary>The users who are connected to this process.</summary>
internal sealed class Presence
{
    private readonly ConcurrentDictionary<string, string> _users = new(StringComparer.Ordinal);

    public IEnumerable<string> Users => _users.Values.Distinct().Order(StringComparer.Ordinal);

    public void Add(string connection, string user) => _users[connection] = user;

    public void Remove(string connection) => _users.TryRemove(connection, out _);
}
