namespace ServerSessions.Interop.Differential.Comparing;

/// <summary>
/// Names for the ids of one host: the ids themselves where both hosts count them, else numbers in the order of their appearance, so that
/// the same session has the same name on both.
/// </summary>
internal sealed class SidNames(bool equal)
{
    private readonly List<string> _seen = [];

    public string NameOf(string sid)
    {
        if (!_seen.Contains(sid))
        {
            _seen.Add(sid);
        }

        return Find(sid);
    }

    /// <summary>The same without giving a number to an id that no client has seen.</summary>
    public string Find(string sid) =>
        equal ? sid
        : _seen.IndexOf(sid) is >= 0 and var index ? $"session {index + 1}"
        : "a session that no client has seen";
}
