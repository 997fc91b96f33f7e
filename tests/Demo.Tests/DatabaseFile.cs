using Microsoft.Data.Sqlite;

namespace Demo.Tests;

/// <summary>A database in a folder of its own, looked into with plain SQL.</summary>
internal sealed class DatabaseFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-demo-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "sessions.db");

    public string Folder => _folder.FullName;

    public T Query<T>(string sql)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ConnectionString
        );
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the statements are those of the tests
        command.CommandText = sql;
#pragma warning restore CA2100
        return (T)command.ExecuteScalar()!;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
