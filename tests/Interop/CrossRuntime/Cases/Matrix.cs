using ServerSessions.Interop.CrossRuntime.Running;

namespace ServerSessions.Interop.CrossRuntime.Cases;

/// <summary>Backends × cases × lifetimes.</summary>
internal static class Matrix
{
    /// <summary>A lifetime; without one, the session ends with the browser and the store's default counts.</summary>
    public static TimeSpan? Lifetime(bool hasLifetime) => hasLifetime ? TimeSpan.FromMinutes(1) : null;

    public static IEnumerable<TheoryDataRow<string, string, bool>> Rows(Func<SessionCase, bool> suits) =>
        from backend in BothRuntimes.Backends
        from session in SessionCases.All
        where suits(session)
        from hasLifetime in (bool[])[true, false]
        select new TheoryDataRow<string, string, bool>(backend, session.Name, hasLifetime);
}
