namespace ServerSessions;

/// <summary>Computes the default of <see cref="ISessionStore.Backend"/>.</summary>
internal static class BackendName
{
    /// <summary>Returns the name of a store's type without the suffix <c>SessionStore</c> or <c>Store</c>.</summary>
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
