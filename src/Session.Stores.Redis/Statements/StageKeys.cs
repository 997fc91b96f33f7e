using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>
/// Names the keys beside a session that hold its new and its expected payload within a transaction. Only a failed script leaves them
/// behind, for ten seconds. A cluster has them in the session's slot.
/// </summary>
internal static class StageKeys
{
    /// <summary>The life of a key that a failed script leaves behind.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    private const string Start = "session-stage:";

    /// <summary>
    /// Whether a session has such keys. One whose key has a brace without being a hash tag has none: its slot is that of the whole key.
    /// </summary>
    public static bool Exist(string key) => !key.AsSpan().ContainsAny('{', '}') || HasTag(key);

    public static RedisKey New(string key) => Name("n", key);

    public static RedisKey Expected(string key) => Name("e", key);

    private static string Name(string kind, string key) => HasTag(key) ? Start + kind + key : $"{Start}{kind}{{{key}}}";

    private static bool HasTag(string key)
    {
        var open = key.IndexOf('{', StringComparison.Ordinal);
        return open >= 0 && key.IndexOf('}', open) > open + 1;
    }
}
