using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.MySql.Connection;

namespace ServerSessions.Stores.MySql;

/// <summary>
/// Adds the MySQL store for the URLs <c>mysql://user:password@host:port/database?parameters</c> and <c>mariadb://…</c>. Every part is
/// percent-decoded; commas separate several hosts. Parameters are settings of MySqlConnector; those of other clients that the README lists
/// are ignored, and any other is refused.
/// </summary>
public sealed class MySqlSessionStoreProvider : SessionStoreProvider
{
    /// <inheritdoc/>
    public override string Name => "mysql";

    /// <inheritdoc/>
    public override IReadOnlyList<string> UrlPrefixes => MySqlSettings.UrlPrefixes;

    /// <inheritdoc/>
    public override string? ExampleConnectionString => "Server=localhost;Database=app;User ID=app";

    /// <inheritdoc/>
    public override bool RecognizesConnectionString(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);

        // "Server=" alone is also Npgsql's; the user of MySqlConnector is "User ID" or "Uid", which Npgsql does not know.
        return connectionString.Contains("Server=", StringComparison.OrdinalIgnoreCase)
            && (
                connectionString.Contains("User ID=", StringComparison.OrdinalIgnoreCase)
                || connectionString.Contains("Uid=", StringComparison.OrdinalIgnoreCase)
            );
    }

    /// <inheritdoc/>
    public override void AddStore(IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(url);
        if (!MySqlSettings.TryParse(url, out _, out var error))
        {
            throw new ArgumentException($"The URL of the MySQL store {error}", nameof(url));
        }

        builder.AddMySqlStore(url);
    }

    /// <inheritdoc/>
    public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString) =>
        builder.AddMySqlStore(connectionString);
}
