using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_connect_sqlite3_where_it_has_one()
    {
        var options = new SqliteSessionStoreOptions();
        Assert.Equal("sessions", options.TableName);
        Assert.Equal(TimeSpan.FromDays(1), options.DefaultLifetime);
        Assert.Equal(TimeSpan.FromSeconds(2), options.OperationTimeout);
        Assert.Equal(TimeSpan.FromMinutes(15), options.PruneInterval);
        Assert.Equal(25, options.PruneBatch);
        Assert.True(options.CreateTable);
        Assert.Equal(SqliteSynchronous.Normal, options.Synchronous);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("Data Source=", "names no database")]
    [InlineData("DataSorce=x.db", "neither a path nor a connection string")]
    [InlineData("Data Source=x.db;Mode=ReadOnly", "Mode=ReadOnly")]
    [InlineData("Data Source=x.db;Cache=Shared", "Cache=Shared")]
    [InlineData("Data Source=x.db;Mode=Wrong", "neither a path nor a connection string")]
    [InlineData("x\0.db", "NUL")]
    [InlineData("x\n.db", "line break")]
    [InlineData("Data Source=\"x\n.db\"", "line break")]
    [InlineData("Data Source=x.db;Default Timeout=99999999999", "neither a path nor a connection string")]
    [InlineData("file:x.db?cache=shared", "Cache=Shared")]
    [InlineData("file:x.db?mode=ro", "mode=ro")]
    [InlineData("file:x.db?mode=rw&mode=ro", "mode=ro")]
    [InlineData("file:x.db?mode=", "none of SQLite's")]
    [InlineData("file:x.db?mode=ReadWrite", "none of SQLite's")]
    [InlineData("file:x.db?cache=private&cache=shared", "Cache=Shared")]
    [InlineData("file:x.db?immutable=1", "says immutable=1, which makes the database read-only, but a session store writes. Remove it.")]
    [InlineData("file:x.db?immutable=YES", "says immutable=1")]
    [InlineData("Data Source=file:x.db?mode=rw&immutable=on", "says immutable=1")]
    [InlineData("file:x.db?nolock=1", "says nolock=1, which turns off the file locks that the write-ahead log needs. Remove it.")]
    [InlineData("file:x.db?nolock=true&nolock=0", "says nolock=1")]
    [InlineData("file://host/x.db", "host")]
    [InlineData("file:x%.db", "hexadecimal")]
    [InlineData("file:x%00.db", "hexadecimal")]
    [InlineData("postgres://host/x", "is a URL")]
    [InlineData("/var/x.db;Password=x", "holds a semicolon and an equals sign")]
    public void A_wrong_connection_string_is_refused_in_plain_words(string connectionString, string says) =>
        Refuses(options => options.ConnectionString = connectionString, says);

    [Theory]
    [InlineData("immutable=0")]
    [InlineData("immutable=no&nolock=off")]
    [InlineData("immutable&nolock=")]
    [InlineData("nolock=0&nolock=1")]
    public async Task A_URI_that_turns_immutable_and_nolock_off_is_used(string query)
    {
        await using var database = new TestDatabase();
        var store = database.Store(options => options.ConnectionString = $"file:{database.File}?{query}");

        await store.SetAsync("a", database.Record(), TestContext.Current.CancellationToken);

        Assert.NotNull(await store.GetAsync("a", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("sqlite_master")]
    [InlineData("SQLite_x")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData(null)]
    public void A_wrong_table_name_is_refused(string? name) => Refuses(options => options.TableName = name!, "TableName");

    [Fact]
    public void Wrong_times_and_numbers_are_refused_and_all_of_them_are_named()
    {
        Refuses(options => options.DefaultLifetime = TimeSpan.Zero, "DefaultLifetime");
        Refuses(options => options.OperationTimeout = TimeSpan.Zero, "OperationTimeout");
        Refuses(options => options.OperationTimeout = Timeout.InfiniteTimeSpan, "OperationTimeout");
        Refuses(options => options.PruneInterval = TimeSpan.Zero, "PruneInterval");
        Refuses(options => options.PruneInterval = TimeSpan.FromDays(31), "PruneInterval");
        Refuses(options => options.PruneBatch = 0, "PruneBatch");
        Refuses(options => options.Synchronous = (SqliteSynchronous)7, "Synchronous");

        var error = Refuses(options => (options.PruneBatch, options.TableName) = (0, ""), "PruneBatch");
        Assert.Equal(2, error.Failures.Count());
    }

    private static OptionsValidationException Refuses(Action<SqliteSessionStoreOptions> configure, string says)
    {
        var options = new SqliteSessionStoreOptions { ConnectionString = "x.db" };
        configure(options);
        var error = Assert.Throws<OptionsValidationException>(() => new SqliteSessionStore(options));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        return error;
    }
}
