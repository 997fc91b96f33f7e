namespace Session.Interop.Host;

/// <summary>The values of <c>--store</c>. A store that is added to the project is one line more here.</summary>
internal static class Stores
{
    private static readonly Dictionary<string, Action<IServerSessionBuilder, string>> Schemes = new(StringComparer.Ordinal)
    {
        ["memory"] = static (builder, _) => builder.AddMemoryStore(),
        ["sqlite"] = static (builder, store) => builder.AddSqliteStore(store["sqlite:".Length..]),
    };

    /// <summary>What registers the store.</summary>
    public static Action<IServerSessionBuilder> Find(string store)
    {
        var colon = store.IndexOf(':');
        var scheme = colon < 0 ? store : store[..colon];
        if (!Schemes.TryGetValue(scheme, out var add))
        {
            throw new BadArgumentException($"--store {scheme} is none that this program has: {string.Join(", ", Schemes.Keys)}.");
        }

        if (scheme == "memory" ? colon >= 0 : store.Length <= colon + 1 || colon < 0)
        {
            throw new BadArgumentException($"--store {scheme} is incomplete or has something too many; see the table of stores.");
        }

        return builder => add(builder, store);
    }
}
