using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Stores.Postgres;

/// <summary><c>postgres://…</c> and <c>postgresql://…</c>, as <see cref="PostgresSessionStoreUrl"/> describes them.</summary>
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
