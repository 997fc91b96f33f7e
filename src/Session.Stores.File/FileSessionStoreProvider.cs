using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Stores.File;

/// <summary>
/// Adds the file store for the URL <c>file:DIR</c>. DIR is the path of a folder, relative to the current folder or absolute
/// (<c>file:/var/lib/app/sessions</c>, <c>file:///var/lib/app/sessions</c>). The URL is not percent-decoded. A line break at the end is
/// ignored.
/// </summary>
public sealed class FileSessionStoreProvider : SessionStoreProvider
{
    private const string Scheme = "file:";

    /// <inheritdoc/>
    public override string Name => "file";

    /// <inheritdoc/>
    public override IReadOnlyList<string> UrlPrefixes => [Scheme];

    /// <inheritdoc/>
    public override string? ExampleConnectionString => "sessions";

    /// <inheritdoc/>
    public override void AddStore(IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(url);
        var folder =
            PathText.OfUrl(url, Scheme) ?? throw new ArgumentException("The URL of a file store starts with 'file:'.", nameof(url));
        if (string.IsNullOrWhiteSpace(folder))
        {
            throw new ArgumentException(
                "The URL of a file store names a folder: 'file:sessions' or 'file:///var/lib/app/sessions'.",
                nameof(url)
            );
        }

        builder.AddFileStore(folder);
    }

    /// <summary>Adds the file store; the connection string is the path of the folder.</summary>
    /// <inheritdoc/>
    public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString) =>
        builder.AddFileStore(connectionString);
}
