using System.Data.Common;

namespace ServerSessions.Stores.Testing.Relational;

/// <summary>The options of a store that shared tests set, by whatever type a backend has them. What is null stays as it is.</summary>
public sealed record StoreSettings
{
    public string? ConnectionString { get; init; }

    /// <summary>A data source of the application, instead of a connection string.</summary>
    public DbDataSource? Source { get; init; }

    public string? TableName { get; init; }

    public bool CreateTable { get; init; } = true;

    public TimeSpan? OperationTimeout { get; init; }

    public TimeSpan? DefaultLifetime { get; init; }

    public TimeSpan? PruneInterval { get; init; }

    public int? PruneBatch { get; init; }
}
