using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Session.Stores.Sqlite.Engine;

/// <summary>Where the database is: what the option <c>ConnectionString</c> says, as a connection string or as a path.</summary>
internal sealed class SqliteLocation
{
    private readonly bool _creates;

    private SqliteLocation(SqliteConnectionStringBuilder builder)
    {
        // A connection is kept as long as the store, and closed with it: the driver's pool would keep the file open after that.
        builder.Pooling = false;
        DataSource = builder.DataSource;
        IsInMemory = builder.Mode == SqliteOpenMode.Memory || DataSource == ":memory:";
        Writer = builder.ConnectionString;
        _creates = builder.Mode == SqliteOpenMode.ReadWriteCreate;

        // A reader finds the file that the writer has opened, or fails; it never makes an empty one.
        Reader = IsInMemory ? Writer : new SqliteConnectionStringBuilder(Writer) { Mode = SqliteOpenMode.ReadWrite }.ConnectionString;
    }

    public string Writer { get; }

    public string Reader { get; }

    public string DataSource { get; }

    /// <summary>As far as the connection string tells; a URI may say so too, and only the opened database knows.</summary>
    public bool IsInMemory { get; }

    /// <summary>The path as a person would look for it.</summary>
    public string Description => IsInMemory || DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        ? DataSource
        : Path.GetFullPath(DataSource);

    /// <summary>
    /// Makes the file for its owner alone where it is missing; SQLite would make it for everyone the umask allows. What it makes beside a file has that file's mode. A file that is
    /// there keeps its own.
    /// </summary>
    public void CreatePrivate()
    {
        // A URI is SQLite's to read, and may ask for other things than a file; what an application's DataDirectory makes of a path is the driver's to know.
        if (OperatingSystem.IsWindows() || IsInMemory || !_creates || DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            || !(Path.IsPathRooted(DataSource) || AppContext.GetData("DataDirectory") is null) || File.Exists(DataSource))
        {
            return;
        }

        try
        {
            using var made = new FileStream(DataSource, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody else has just made it; or it cannot be made, and SQLite says why when it opens it.
        }
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out SqliteLocation? location, [NotNullWhen(false)] out string? error)
    {
        location = null;
        error = null;
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
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            error = $"is neither a path nor a connection string of Microsoft.Data.Sqlite: {exception.Message}";
            return false;
        }

        var inMemory = builder.Mode == SqliteOpenMode.Memory;
        error = builder switch
        {
            { DataSource: "" } when !inMemory => "names no database. Add 'Data Source=' with the path of the file.",
            { Mode: SqliteOpenMode.ReadOnly } => "says Mode=ReadOnly, but a session store writes. Remove it.",
            { Cache: SqliteCacheMode.Shared } when !inMemory =>
                "says Cache=Shared, which makes readers wait for the writer. Remove it; write-ahead logging needs no shared cache.",
            _ => null,
        };
        if (error is not null)
        {
            return false;
        }

        location = new SqliteLocation(builder);
        return true;
    }

    /// <summary>No keyword of a connection string holds a folder separator or starts like a URI.</summary>
    private static bool IsPath(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            || text.AsSpan(0, equals).IndexOfAny('/', '\\') >= 0
            || text.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
    }
}
