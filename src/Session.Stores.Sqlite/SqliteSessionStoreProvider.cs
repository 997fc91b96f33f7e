using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Stores.Sqlite;

/// <summary>
/// Adds the SQLite store for the URL <c>sqlite:FILE</c>. FILE is a path, relative to the current folder or absolute
/// (<c>sqlite:/var/lib/app/sessions.db</c>, <c>sqlite:///var/lib/app/sessions.db</c>), or <c>:memory:</c> (<c>sqlite::memory:</c>,
/// <c>sqlite:///:memory:</c>). The URL is not percent-decoded. A line break at the end is ignored.
/// </summary>
public sealed class SqliteSessionStoreProvider : SessionStoreProvider
{
    private const string Scheme = "sqlite:";
    private const string InMemory = ":memory:";

    /// <inheritdoc/>
    public override string Name => "sqlite";

    /// <inheritdoc/>
    public override IReadOnlyList<string> UrlPrefixes => [Scheme];

    /// <inheritdoc/>
    public override string? ExampleConnectionString => "Data Source=sessions.db";

    /// <inheritdoc/>
    public override bool RecognizesConnectionString(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return connectionString.Contains("Data Source=", StringComparison.OrdinalIgnoreCase)
            || connectionString.Contains("DataSource=", StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public override void AddStore(IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(url);
        var file =
            PathText.OfUrl(url, Scheme) ?? throw new ArgumentException("The URL of a SQLite store starts with 'sqlite:'.", nameof(url));
        if (PathText.WithoutLineBreak(url[Scheme.Length..]).TrimStart('/').Equals(InMemory, StringComparison.OrdinalIgnoreCase))
        {
            // Other libraries write a database in memory with slashes.
            file = InMemory;
        }

        if (string.IsNullOrWhiteSpace(file))
        {
            throw new ArgumentException(
                "The URL of a SQLite store names a file: 'sqlite:sessions.db' or 'sqlite:///var/lib/app/sessions.db'.",
                nameof(url)
            );
        }

        builder.AddSqliteStore(file);
    }

    /// <inheritdoc/>
    public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString) =>
        builder.AddSqliteStore(connectionString);
}
