using ServerSessions.Testing;

namespace ServerSessions.Stores.Testing.Relational;

/// <summary>A server that a test has to itself, to freeze, stop or configure it. Ends with this object.</summary>
/// <param name="process">The server.</param>
/// <param name="newDatabase">Makes an empty database on it.</param>
public sealed class OwnServer<TDatabase>(ServerProcess process, Func<Task<TDatabase>> newDatabase) : IAsyncDisposable
{
    public ServerProcess Process => process;

    public Task<TDatabase> NewDatabaseAsync() => newDatabase();

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
