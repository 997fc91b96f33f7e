using System.Data.Common;

namespace ServerSessions.Stores.Testing.Relational;

/// <summary>The Node package of a backend on a connection, as its statements. Times are its whole seconds since 1970.</summary>
public abstract class NodePackage(DbConnection connection) : IAsyncDisposable
{
    protected DbConnection Connection => connection;

    public abstract Task SetAsync(string sid, string session, long expires);

    /// <summary>A session that has not ended, as its text.</summary>
    public abstract Task<string?> GetAsync(string sid, long now);

    /// <summary>Whether there was a row to touch.</summary>
    public abstract Task<bool> TouchAsync(string sid, long expires);

    /// <summary>How many rows were removed.</summary>
    public abstract Task<int> PruneAsync(long now);

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
