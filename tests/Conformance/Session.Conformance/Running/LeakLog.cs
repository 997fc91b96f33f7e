using System.Collections.Concurrent;

namespace ServerSessions.Conformance;

/// <summary>Ids and payloads that leaked into messages during the whole run.</summary>
internal sealed class LeakLog
{
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Seen => [.. _seen.Keys.Order(StringComparer.Ordinal)];

    public void Add(string what) => _seen.TryAdd(what, true);
}
