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

    /// <inheritdoc/>
    public override string Name => "sqlite";

    /// <inheritdoc/>
    public override IReadOnlyList<string> UrlPrefixes => ["sqlite:"];

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
        if (!url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("The URL of a SQLite store starts with 'sqlite:'.", nameof(url));
        }

        var file = PathText.WithoutLineBreak(url[Scheme.Length..]);
        if (file.TrimStart('/').Equals(":memory:", StringComparison.OrdinalIgnoreCase))
        {
            // Other libraries write a database in memory this way.
            file = ":memory:";
        }
        else if (file.StartsWith("//", StringComparison.Ordinal))
        {
            // SQLite has no server, so only an empty host is valid: sqlite:///path.
            file = file.StartsWith("///", StringComparison.Ordinal) ? file[2..] : "";
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
