namespace ServerSessions;

/// <summary>The default of <see cref="ISessionStore.Backend"/>.</summary>
internal static class BackendName
{
    /// <summary>The name of a store's type without what every store's ends with.</summary>
    public static string Of(Type store)
    {
        var name = store.Name.Split('`')[0];
        var suffix =
            name.EndsWith("SessionStore", StringComparison.Ordinal) ? "SessionStore"
            : name.EndsWith("Store", StringComparison.Ordinal) ? "Store"
            : "";
        return name.Length > suffix.Length ? name[..^suffix.Length] : name;
    }
}
