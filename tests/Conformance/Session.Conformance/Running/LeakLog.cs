using System.Collections.Concurrent;

namespace ServerSessions.Conformance;

/// <summary>Ids and payloads that were seen where none may be, during the whole run.</summary>
internal sealed class LeakLog
{
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Seen => [.. _seen.Keys.Order(StringComparer.Ordinal)];

    public void Add(string what) => _seen.TryAdd(what, true);
}
