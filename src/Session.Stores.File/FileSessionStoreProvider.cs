using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Stores.File;

/// <summary>
/// <c>file:DIR</c>, where DIR is the path of a folder, relative to the current folder or absolute (<c>file:/var/lib/app/sessions</c>,
/// <c>file:///var/lib/app/sessions</c>). Nothing in it is percent-decoded. A line break at the end is left out.
/// </summary>
public sealed class FileSessionStoreProvider : SessionStoreProvider
{
    private const string Scheme = "file:";

    /// <inheritdoc/>
    public override string Name => "file";

    /// <inheritdoc/>
    public override IReadOnlyList<string> UrlPrefixes => ["file:"];

    /// <inheritdoc/>
    public override string? ExampleConnectionString => "sessions";

    /// <inheritdoc/>
    public override void AddStore(IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(url);
        if (!url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("The URL of a file store starts with 'file:'.", nameof(url));
        }

        var folder = PathText.WithoutLineBreak(url[Scheme.Length..]);
        if (folder.StartsWith("//", StringComparison.Ordinal))
        {
            // A folder of this machine has no server; only the empty one of file:///path makes sense.
            folder = folder.StartsWith("///", StringComparison.Ordinal) ? folder[2..] : "";
        }

        if (string.IsNullOrWhiteSpace(folder))
        {
            throw new ArgumentException(
                "The URL of a file store names a folder: 'file:sessions' or 'file:///var/lib/app/sessions'.",
                nameof(url)
            );
        }

        builder.AddFileStore(folder);
    }

    /// <summary>Takes the path of the folder as the connection string.</summary>
    /// <inheritdoc/>
    public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString) =>
        builder.AddFileStore(connectionString);
}
