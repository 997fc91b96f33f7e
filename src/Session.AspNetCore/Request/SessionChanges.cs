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

    public void Add(string key)
    {
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

    public void Clear()
    {
        _edits = null;
        _keys?.Clear();
        _many = null;
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
            else
            {
                onto.Remove(key);
            }
        }

        foreach (var edit in _edits ?? [])
        {
            edit(onto);
        }
    }
}
