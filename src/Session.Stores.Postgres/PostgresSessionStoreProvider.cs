using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Stores.Postgres;

/// <summary>Adds the PostgreSQL store for the URLs of <see cref="PostgresSessionStoreUrl"/>.</summary>
public sealed class PostgresSessionStoreProvider : SessionStoreProvider
{
    /// <inheritdoc/>
    public override string Name => "postgres";

    /// <inheritdoc/>
    public override IReadOnlyList<string> UrlPrefixes => ["postgres://", "postgresql://"];

    /// <inheritdoc/>
    public override string? ExampleConnectionString => "Host=localhost;Database=app";

    /// <inheritdoc/>
    public override bool RecognizesConnectionString(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return connectionString.Contains("Host=", StringComparison.OrdinalIgnoreCase)
            || connectionString.Contains("Server=", StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public override void AddStore(IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        _ = PostgresSessionStoreUrl.ToConnectionString(url);
        builder.AddPostgresStore(url);
    }

    /// <inheritdoc/>
    public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString) =>
        builder.AddPostgresStore(connectionString);
}
