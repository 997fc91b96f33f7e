using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>The place of the database, parsed from the option <c>ConnectionString</c>: a connection string or a path.</summary>
internal sealed class SqliteLocation
{
    private const string Memory = ":memory:";

    private SqliteLocation(SqliteConnectionStringBuilder builder, string? file, string description)
    {
        // The store keeps its connections until it is disposed; the driver's pool would keep the file open after that.
        builder.Pooling = false;
        File = file;
        Description = description;
        Writer = builder.ConnectionString;
        Creates = builder.Mode == SqliteOpenMode.ReadWriteCreate;
        IsEncrypted = builder.Password.Length > 0;

        // A reader must not create an empty file: the writer opens the file first.
        Reader = file is null ? Writer : new SqliteConnectionStringBuilder(Writer) { Mode = SqliteOpenMode.ReadWrite }.ConnectionString;
    }

    public string Writer { get; }

    public string Reader { get; }

    /// <summary>The full path; <see langword="null"/> for a database in memory.</summary>
    public string? File { get; }

    /// <summary>The path for messages, without anything that may be a password.</summary>
    public string Description { get; }

    /// <summary>Whether a missing file is created.</summary>
    public bool Creates { get; }

    /// <summary>Whether the connection string has a password.</summary>
    public bool IsEncrypted { get; }

    /// <summary>A database in memory with the same password; opening it shows whether this SQLite can encrypt.</summary>
    public string Trial => new SqliteConnectionStringBuilder(Writer) { DataSource = Memory, Mode = SqliteOpenMode.Memory }.ConnectionString;

    /// <summary>Returns this place with the change that a missing file is an error.</summary>
    public SqliteLocation WithoutCreation() =>
        File is null || !Creates
            ? this
            : new SqliteLocation(new SqliteConnectionStringBuilder(Writer) { Mode = SqliteOpenMode.ReadWrite }, File, Description);

    /// <summary>Parses a valid option.</summary>
    /// <exception cref="ArgumentException">The option is invalid.</exception>
    public static SqliteLocation Parse(string text) =>
        TryParse(text, out var location, out var error) ? location : throw new ArgumentException(error, nameof(text));

    /// <summary>Parses the option. An error is the end of a sentence and repeats no part of the text, which may be a password.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SqliteLocation? location, [NotNullWhen(false)] out string? error)
    {
        location = null;
        text = PathText.WithoutLineBreak(text ?? "");
        if (string.IsNullOrWhiteSpace(text))
        {
            error = "is empty. Give the path of the database file, or a connection string such as 'Data Source=/var/lib/app/sessions.db'.";
            return false;
        }

        if (text.Contains('\0'))
        {
            error = "contains a NUL character.";
            return false;
        }

        SqliteConnectionStringBuilder builder;
        try
        {
            builder = IsPath(text) ? new SqliteConnectionStringBuilder { DataSource = text } : new SqliteConnectionStringBuilder(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            // The exception's text repeats parts of the string; after a typo these may be parts of a password.
            error =
                "is neither a path nor a connection string of Microsoft.Data.Sqlite. Write each part as 'keyword=value', use the "
                + "keywords of Microsoft.Data.Sqlite (Data Source, Mode, Cache, Password, Foreign Keys), and quote a value that "
                + "contains a semicolon or a quote.";
            return false;
        }

        return TryLocate(builder, out location, out error);
    }

    private static bool TryLocate(
        SqliteConnectionStringBuilder builder,
        [NotNullWhen(true)] out SqliteLocation? location,
        [NotNullWhen(false)] out string? error
    )
    {
        location = null;
        var source = PathText.WithoutLineBreak(builder.DataSource);
        builder.DataSource = source = source.Trim().Equals(Memory, StringComparison.OrdinalIgnoreCase) ? Memory : source;

        var uri = new SqliteUri(source, source, "", "");
        error = SqliteUri.IsUri(source) && !SqliteUri.TryParse(source, out uri, out var wrong) ? wrong : null;
        if (error is not null)
        {
            return false;
        }

        var isUri = SqliteUri.IsUri(source);
        builder.DataSource = uri!.Text;
        if (uri.Mode == "rw" && builder.Mode == SqliteOpenMode.ReadWriteCreate)
        {
            builder.Mode = SqliteOpenMode.ReadWrite;
        }

        var inMemory =
            builder.Mode == SqliteOpenMode.Memory || uri!.Mode == "memory" || uri.Path == Memory || (isUri && uri.Path.Length == 0);
        error = Problem(builder, uri!, inMemory);
        if (error is not null)
        {
            return false;
        }

        if (inMemory)
        {
            location = new SqliteLocation(builder, file: null, Memory);
            return true;
        }

        try
        {
            var file = isUri ? Path.GetFullPath(uri!.Path) : FullPath(builder.DataSource);
            if (!isUri)
            {
                // The current folder may change; every connection must open the same file.
                builder.DataSource = file;
            }

            location = new SqliteLocation(builder, file, PathText.Shown(uri!.Path, file));
            return true;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            error = "is a relative path, and there is no current folder. Give an absolute path.";
            return false;
        }
    }

    private static string? Problem(SqliteConnectionStringBuilder builder, SqliteUri uri, bool inMemory)
    {
        if (inMemory)
        {
            return builder.Mode == SqliteOpenMode.ReadOnly ? ReadOnly("Mode=ReadOnly") : null;
        }

        return uri.Path.Length == 0 ? "names no database. Add 'Data Source=' with the path of the file."
            : Path.GetFileName(uri.Path).Equals(Memory, StringComparison.OrdinalIgnoreCase)
                ? "names a file ':memory:' in a folder. Give ':memory:' alone for a database in memory."
            : builder.Mode == SqliteOpenMode.ReadOnly ? ReadOnly("Mode=ReadOnly")
            : uri.Mode == "ro" ? ReadOnly("mode=ro")
            : builder.Cache == SqliteCacheMode.Shared || uri.Cache == "shared"
                ? "says Cache=Shared, which makes readers wait for the writer. Remove it; write-ahead logging needs no shared cache."
            : uri.IsImmutable ? "says immutable=1, which makes the database read-only, but a session store writes. Remove it."
            : uri.HasNoLocks ? "says nolock=1, which turns off the file locks that the write-ahead log needs. Remove it."
            : PathText.Problem(uri.Path);
    }

    private static string ReadOnly(string setting) => $"says {setting}, but a session store writes. Remove it.";

    /// <summary>Resolves a path as the driver does: relative to the application's DataDirectory if it has one.</summary>
    private static string FullPath(string path)
    {
        const string Macro = "|DataDirectory|";
        if (AppContext.GetData("DataDirectory") is string { Length: > 0 } folder)
        {
            path = path.StartsWith(Macro, StringComparison.OrdinalIgnoreCase)
                ? Path.Combine(folder, path[Macro.Length..])
                : Path.Combine(folder, path);
        }

        return Path.GetFullPath(path);
    }

    /// <summary>Whether a text is a path or a URI. No connection-string keyword has a folder separator or the URI scheme.</summary>
    private static bool IsPath(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 || text.AsSpan(0, equals).IndexOfAny('/', '\\') >= 0 || SqliteUri.IsUri(text);
    }
}
