namespace ServerSessions.Stores.Redis;

/// <summary>Makes the key prefix of a store beside another one.</summary>
internal static class SiblingPrefix
{
    /// <summary>
    /// Returns a prefix of which neither is the beginning of the other: <c>sess-users:</c> for <c>sess:</c>. A scan of <c>sess:*</c>, ours
    /// or Node's, never meets its keys.
    /// </summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public static string Of(string prefix, string name)
    {
        var sibling = prefix.EndsWith(':') ? $"{prefix[..^1]}-{name}:" : $"{name}-{prefix}";
        return sibling.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(sibling, StringComparison.Ordinal)
            ? throw new NotSupportedException(
                $"The Redis store has no room for the keys of '{name}' beside its own: its prefix is the beginning of every other one. "
                    + "Set RedisSessionStoreOptions.Prefix to a name that ends with ':', such as 'sess:'."
            )
            : sibling;
    }
}
