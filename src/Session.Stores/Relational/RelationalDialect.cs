using System.Data.Common;

namespace ServerSessions.Stores.Relational;

/// <summary>What a store must know about a database and its driver. Thread safe.</summary>
/// <param name="source">The data source.</param>
/// <param name="ownsSource">Whether the store disposes the data source.</param>
/// <param name="errors">The error table.</param>
public abstract class RelationalDialect(DbDataSource source, bool ownsSource, RelationalErrors errors)
{
    /// <summary>Gets the data source.</summary>
    public DbDataSource Source => source;

    /// <summary>Gets a value indicating whether the store disposes the data source.</summary>
    public bool OwnsSource => ownsSource;

    /// <summary>Gets the error table.</summary>
    public RelationalErrors Errors => errors;

    /// <summary>Gets the most connections of the pool, each of which may be broken after a restart of the server.</summary>
    /// <value>0 without a pool.</value>
    public abstract int MaxPoolSize { get; }

    /// <summary>Returns the number of a physical connection, by which it is known again when the pool returns it once more.</summary>
    /// <param name="connection">An open connection of <see cref="Source"/>.</param>
    /// <returns>The number. Two connections of one server that are open at the same time have different ones.</returns>
    public abstract long IdOf(DbConnection connection);

    /// <summary>
    /// Finds and checks the table, or creates it. Any number of processes may do so at once. Called before the first statement, and again
    /// after <see cref="RelationalErrors.IsLayoutChange"/>.
    /// </summary>
    /// <param name="connection">An open connection, which the caller owns.</param>
    /// <param name="stopping">Cancels the statements.</param>
    /// <returns>The table.</returns>
    /// <exception cref="SessionStoreException">The table cannot be used.</exception>
    public abstract Task<RelationalTable> OpenTableAsync(DbConnection connection, CancellationToken stopping);

    /// <summary>Closes the idle connections of the pool, because what broke one has usually broken all.</summary>
    public abstract void ClearPool();

    /// <summary>
    /// Forgets which of several servers is the primary, so that the driver looks again. Does nothing by default.
    /// </summary>
    public virtual void ForgetServers() { }
}
