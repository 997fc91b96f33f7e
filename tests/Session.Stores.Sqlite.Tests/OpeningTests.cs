using Microsoft.Data.Sqlite;

namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class OpeningTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_stores_start_at_once_on_an_empty_file()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var database = new TestDatabase();
            var stores = Enumerable.Range(0, 32).Select(_ => database.Store()).ToList();
            await Task.WhenAll(
                stores.Select((store, i) => Task.Run(() => store.SetAsync($"{i}", database.Record(), Cancel).AsTask(), Cancel))
            );
            Assert.Equal(32, await stores[0].LengthAsync(Cancel));
            Assert.Equal(2L, database.Query("SELECT count(*) FROM sqlite_schema WHERE name IN ('sessions', 'sessions_expired')"));
        }
    }

    [Fact]
    public async Task Many_processes_start_at_once_on_an_empty_file()
    {
        await using var database = new TestDatabase();
        var processes = Enumerable.Range(0, 6).Select(i => CrashWriter.Start("start", database.File, $"{i}")).ToList();
        try
        {
            foreach (var process in processes)
            {
                Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(Cancel));
            }

            foreach (var process in processes)
            {
                await process.StandardInput.WriteLineAsync("go".AsMemory(), Cancel);
                await process.StandardInput.FlushAsync(Cancel);
            }

            foreach (var process in processes)
            {
                var errors = await process.StandardError.ReadToEndAsync(Cancel);
                await process.WaitForExitAsync(Cancel);
                Assert.True(process.ExitCode == 0, errors);
            }
        }
        finally
        {
            processes.ForEach(CrashWriter.End);
        }

        Assert.Equal(6L, database.Query("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task A_missing_folder_is_named_and_once_it_is_there_the_same_store_works()
    {
        await using var database = new TestDatabase();
        var folder = Path.Combine(database.Folder, "missing");
        var store = database.Store(options => options.ConnectionString = Path.Combine(folder, "sessions.db"));
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("very-secret-id", Cancel));
        Assert.False(error.IsTransient);
        Assert.Equal(SessionStoreOperation.Get, error.Operation);
        Assert.Equal("SQLite", error.Backend);
        Assert.Contains($"the folder '{folder}' does not exist. Create it", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);

        Directory.CreateDirectory(folder);
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_folder_in_place_of_the_file_is_named()
    {
        await using var database = new TestDatabase();
        var error = await FailsToOpenAsync(database, options => options.ConnectionString = database.Folder);
        Assert.Contains($"'{database.Folder}': the path is a folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_as_it_is()
    {
        await using var database = new TestDatabase();
        var text = new string('x', 5000);
        await File.WriteAllTextAsync(database.File, text, Cancel);
        var error = await FailsToOpenAsync(database);
        Assert.Contains("not a database", error.Message, StringComparison.Ordinal);
        Assert.Contains(database.File, error.Message, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(database.File, Cancel));
    }

    [Fact]
    public async Task A_database_that_cannot_be_written_is_refused_when_opened()
    {
        await using var database = new TestDatabase();
        database.Execute("CREATE TABLE sessions (sid PRIMARY KEY, expired, sess)");

        // Rights do not bind a test that runs as root. SQLite treats a file with an unknown write version as read-only.
        await using (var file = File.OpenWrite(database.File))
        {
            file.Position = 18;
            file.WriteByte(3);
        }

        var error = await FailsToOpenAsync(database);
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_VFS_without_shared_memory_is_refused_by_its_name()
    {
        await using var database = new TestDatabase();
        var error = await FailsToOpenAsync(database, options => options.ConnectionString = $"file:{database.File}?vfs=unix-dotfile");
        Assert.Contains("vfs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_CreateTable_a_missing_file_is_an_error_and_stays_missing()
    {
        await using var database = new TestDatabase();
        var error = await FailsToOpenAsync(database, options => options.CreateTable = false);
        Assert.Contains("the file does not exist. Give the path of a database", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(database.File));
    }

    [Fact]
    public async Task Without_CreateTable_a_missing_table_is_an_error_that_says_how_to_make_it()
    {
        await using var database = new TestDatabase();
        database.Execute("CREATE TABLE other (id)");
        var error = await FailsToOpenAsync(database, options => options.CreateTable = false);
        Assert.Contains("CREATE TABLE sessions (sid PRIMARY KEY, expired, sess)", error.Message, StringComparison.Ordinal);

        database.Execute("CREATE TABLE sessions (sid PRIMARY KEY, expired, sess)");
        var store = database.Store(options => options.CreateTable = false);
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.Equal(1, await store.LengthAsync(Cancel));
        Assert.Equal(0, await store.PruneAsync(1, Cancel));
    }

    [Theory]
    [InlineData(
        "CREATE TABLE sessions (sid TEXT NOT NULL PRIMARY KEY, sess JSON NOT NULL, expire TEXT NOT NULL)",
        "better-sqlite3-session-store"
    )]
    [InlineData("CREATE TABLE sessions (sid varchar(255) PRIMARY KEY, sess json, expired datetime)", "connect-session-knex")]
    [InlineData("CREATE TABLE sessions (sid INTEGER PRIMARY KEY, expired, sess)", "Choose another TableName")]
    [InlineData("CREATE TABLE sessions (sid, expired, sess)", "primary key")]
    [InlineData("CREATE TABLE sessions (sid TEXT COLLATE NOCASE PRIMARY KEY, expired, sess)", "case")]
    [InlineData("CREATE VIEW sessions AS SELECT 1 AS sid, 2 AS expired, 3 AS sess", "TableName")]
    public async Task A_table_of_another_layout_is_refused_and_left_as_it_is(string create, string says)
    {
        await using var database = new TestDatabase();
        database.Execute(create);
        var error = await FailsToOpenAsync(database);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal(create, database.Query("SELECT sql FROM sqlite_schema WHERE name = 'sessions'"));
        Assert.Null(database.Query("SELECT sql FROM sqlite_schema WHERE name = 'sessions_expired'"));
    }

    [Theory]
    [InlineData("CREATE TABLE sessions (sid TEXT PRIMARY KEY, expired INTEGER, sess TEXT)")]
    [InlineData("CREATE TABLE sessions (sid TEXT PRIMARY KEY, expired REAL NOT NULL, sess TEXT NOT NULL, note TEXT) WITHOUT ROWID")]
    public async Task A_table_with_suitable_types_of_its_own_is_used(string create)
    {
        await using var database = new TestDatabase();
        database.Execute(create);
        var store = database.Store();
        await store.SetAsync("01", database.Record(life: TimeSpan.FromSeconds(1)), Cancel);
        Assert.Equal("01", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        database.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await store.GetAsync("01", Cancel));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
    }

    [Fact]
    public async Task A_database_in_another_encoding_is_refused()
    {
        await using var database = new TestDatabase();
        using (var connection = database.Connect())
        {
            TestDatabase.Execute(connection, "PRAGMA encoding = 'UTF-16le'");
            TestDatabase.Execute(connection, "CREATE TABLE other (x)");
        }

        Assert.Contains("UTF-16le", (await FailsToOpenAsync(database)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_is_dropped_while_the_store_runs_is_an_error_once_and_then_made_again()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        database.Execute("DROP TABLE sessions");
        await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
        await store.SetAsync("a", database.Record(), Cancel);

        database.Execute("DROP TABLE sessions");
        await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync("a", database.Record(), Cancel));
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Theory]
    [InlineData(SqliteSynchronous.Normal)]
    [InlineData(SqliteSynchronous.Full)]
    public async Task Either_durability_stores(SqliteSynchronous synchronous)
    {
        await using var database = new TestDatabase();
        var store = database.Store(options => options.Synchronous = synchronous);
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_connection_string_is_taken_as_well_as_a_path()
    {
        await using var database = new TestDatabase();
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = database.File,
            ForeignKeys = true,
            Pooling = true,
        }.ConnectionString;
        await database.Store(options => options.ConnectionString = text).SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await database.Store().GetAsync("a", Cancel));

        var odd = Path.Combine(database.Folder, "a=b;c.db");
        await database.Store(options => options.ConnectionString = odd).SetAsync("a", database.Record(), Cancel);
        Assert.True(File.Exists(odd));
    }

    private static async Task<SessionStoreException> FailsToOpenAsync(
        TestDatabase database,
        Action<SqliteSessionStoreOptions>? configure = null
    )
    {
        var store = database.Store(configure);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.False(error.IsTransient);
        Assert.Equal(SessionStoreOperation.Open, error.Operation);
        return error;
    }
}
