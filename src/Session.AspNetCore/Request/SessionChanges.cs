using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The keys that this request set or removed since the session was read. They are applied to newer data if requests run in parallel.
/// </summary>
internal sealed class SessionChanges
{
    // Up to this number the keys are compared one by one.
    private const int Few = 16;

    // Most requests change nothing, the others one or two keys.
    private List<string>? _keys;
    private HashSet<string>? _many;
    private List<Action<SessionDocument>>? _edits;
    private Dictionary<string, ReadOnlyMemory<byte>>? _seen;
    private List<IHeldValues>? _held;

    /// <summary>The values that are written into the session later.</summary>
    public IReadOnlyList<IHeldValues> Held => _held ?? [];

    public void Hold(IHeldValues values) => (_held ??= []).Add(values);

    /// <summary>Notes that a key is removed because of the value that the request has seen. Another value is kept.</summary>
    public void AddRemovalOf(string key, ReadOnlyMemory<byte> seen)
    {
        Add(key);
        (_seen ??= new(StringComparer.Ordinal))[key] = seen;
    }

    public void Add(string key)
    {
        _seen?.Remove(key);
        _keys ??= [];
        if (_keys.Count >= Few)
        {
            _many ??= new(_keys, StringComparer.Ordinal);
        }

        if (_many?.Add(key) ?? !_keys.Contains(key))
        {
            _keys.Add(key);
        }
    }

    /// <summary>Adds a change that depends on what the newer data has.</summary>
    public void Add(Action<SessionDocument> edit) => (_edits ??= []).Add(edit);

    /// <summary>Forgets a key: its value is stored, and must not be applied to newer data.</summary>
    public void Remove(string key)
    {
        _keys?.Remove(key);
        _many?.Remove(key);
    }

    /// <summary>Forgets the keys. The held values stay.</summary>
    public void Clear()
    {
        _edits = null;
        _keys?.Clear();
        _many = null;
        _seen = null;
    }

    /// <summary>Copies the changed keys from one document to another, and makes the other changes there.</summary>
    public void Apply(SessionDocument from, SessionDocument onto)
    {
        foreach (var key in _keys ?? [])
        {
            if (from.TryGetJson(key, out var json))
            {
                onto.SetJson(key, json);
            }
            else if (!HasOther(onto, key))
            {
                onto.Remove(key);
            }
        }

        foreach (var edit in _edits ?? [])
        {
            edit(onto);
        }
    }

    /// <summary>Whether another request has set a key since, which was to be removed for the value that this request has seen.</summary>
    private bool HasOther(SessionDocument onto, string key) =>
        _seen is not null
        && _seen.TryGetValue(key, out var seen)
        && onto.TryGetJson(key, out var there)
        && !there.Span.SequenceEqual(seen.Span);
}
