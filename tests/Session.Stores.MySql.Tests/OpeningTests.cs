using MySqlConnector;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class OpeningTests(SharedMySql shared, ITestOutputHelper output)
    : RelationalOpeningTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(() => TestDatabase.CreateAsync(shared))
{
    protected override string Backend => "MySQL";

    [Theory]
    [InlineData(MySqlSessionFormat.ExpressMySqlSession)]
    [InlineData(MySqlSessionFormat.Binary)]
    public Task Many_stores_start_at_once_on_an_empty_database(MySqlSessionFormat format) =>
        AssertManyStoresStartAtOnceAsync(rounds: 3, () => TestDatabase.CreateAsync(shared, format), static _ => Task.CompletedTask);

    [Fact]
    public async Task Stores_and_Node_apps_start_at_once_on_an_empty_database()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 5; round++)
        {
            await using var database = await TestDatabase.CreateAsync(shared);
            var pauses = Enumerable.Range(0, 4).Select(_ => random.Next(0, 100)).ToArray();
            var stores = Starters(database, 12);
            var nodes = pauses.Select(pause =>
                Task.Run(
                    async () =>
                    {
                        await Task.Delay(pause, Cancel);
                        await database.CreateAsNodeAsync();
                    },
                    Cancel
                )
            );
            await Task.WhenAll(StartAll(database, stores).Concat(nodes));
            Assert.Equal(12, await stores[0].LengthAsync(Cancel));
        }
    }

    [Fact]
    public async Task Tables_in_one_database_know_nothing_of_each_other_however_they_are_called()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync("CREATE TABLE neighbour (a int)");
        await database.ExecuteAsync("INSERT INTO neighbour VALUES (1)");
        string[] tables =
        [
            "sessions",
            "second",
            "o'ther `sessions`; DROP TABLE neighbour; --",
            "@sid",
            "?",
            "{0}",
            "\\x",
            new string('x', 64),
            new string('x', 63) + "y",
            new string('é', 32),
            "select",
        ];
        var stores = tables.Select(table => database.Store(options => options.TableName = table)).ToArray();
        await AssertTablesKnowNothingOfEachOtherAsync(database, stores);
        Assert.Equal(tables.Length + 1, await database.TablesAsync());
    }

    [Theory]
    [InlineData(MySqlSessionFormat.ExpressMySqlSession)]
    [InlineData(MySqlSessionFormat.Binary)]
    public async Task Without_CreateTable_a_missing_table_is_an_error_that_says_how_to_make_it_and_that_statement_works(
        MySqlSessionFormat format
    )
    {
        await using var database = await TestDatabase.CreateAsync(shared, format);
        var store = database.Store(options => options.CreateTable = false);
        var error = await FailsToOpenAsync(store);
        var start = error.Message.IndexOf("CREATE TABLE", StringComparison.Ordinal);
        Assert.True(start > 0, error.Message);
        await database.ExecuteAsync(error.Message[start..]);
        await store.SetAsync("a", database.Record(), Cancel);
    }

    [Theory]
    [InlineData("CREATE TABLE sessions (sid varchar(255) PRIMARY KEY, sess json NOT NULL, expired datetime NOT NULL)", "sid varchar(255)")]
    [InlineData(
        "CREATE TABLE sessions (session_id varchar(128) COLLATE utf8mb4_general_ci PRIMARY KEY, expires int unsigned NOT NULL, data "
            + "mediumtext COLLATE utf8mb4_bin)",
        "treats different ids as equal"
    )]
    [InlineData(
        "CREATE TABLE sessions (session_id varchar(128) COLLATE latin1_bin PRIMARY KEY, expires int unsigned NOT NULL, data mediumtext "
            + "COLLATE utf8mb4_bin)",
        "cannot hold every id"
    )]
    [InlineData(
        "CREATE TABLE sessions (session_id char(36) COLLATE utf8mb4_bin PRIMARY KEY, expires int unsigned NOT NULL, data mediumtext "
            + "COLLATE utf8mb4_bin)",
        "session_id char(36) utf8mb4_bin"
    )]
    [InlineData(
        "CREATE TABLE sessions (session_id varchar(128) COLLATE utf8mb4_bin PRIMARY KEY, expires int unsigned NOT NULL, data mediumtext "
            + "CHARACTER SET latin1)",
        "data mediumtext latin1"
    )]
    [InlineData(
        "CREATE TABLE sessions (session_id varchar(128) COLLATE utf8mb4_bin PRIMARY KEY, expires datetime NOT NULL, data mediumtext "
            + "COLLATE utf8mb4_bin)",
        "expires datetime"
    )]
    [InlineData(
        "CREATE TABLE sessions (session_id varchar(128) COLLATE utf8mb4_bin, expires int unsigned NOT NULL, data mediumtext COLLATE "
            + "utf8mb4_bin, KEY (session_id))",
        "ADD PRIMARY KEY (session_id)"
    )]
    [InlineData(
        "CREATE TABLE sessions (session_id varchar(128) COLLATE utf8mb4_bin, part int, expires int unsigned NOT NULL, data mediumtext "
            + "COLLATE utf8mb4_bin, PRIMARY KEY (session_id, part))",
        "'part' needs a value"
    )]
    [InlineData(
        "CREATE TABLE sessions (session_id varchar(128) COLLATE utf8mb4_bin PRIMARY KEY, expires int unsigned NOT NULL, data mediumtext "
            + "COLLATE utf8mb4_bin, tenant int NOT NULL)",
        "'tenant' needs a value"
    )]
    [InlineData(
        "CREATE TABLE sessions (session_id varbinary(1536) PRIMARY KEY, expires bigint NOT NULL, data longblob NOT NULL)",
        "is not one of the format ExpressMySqlSession"
    )]
    [InlineData(
        "CREATE VIEW sessions AS SELECT _utf8mb4'a' COLLATE utf8mb4_bin AS session_id, CAST(1 AS unsigned) AS expires, _utf8mb4'{}' AS "
            + "data",
        "'sessions'"
    )]
    public Task A_table_of_another_layout_is_refused_with_its_columns_and_left_as_it_is(string create, string says) =>
        AssertRefusedAndLeftAsync(
            create,
            says,
            "SELECT group_concat(concat_ws(' ', column_name, column_type, collation_name)) FROM information_schema.columns WHERE "
                + "table_schema = database()"
        );

    [Fact]
    public async Task A_table_of_Nodes_form_is_refused_by_a_store_of_the_other_and_the_other_way_round()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.Store().OpenAsync(Cancel);
        var error = await FailsToOpenAsync(database.Store(static options => options.Format = MySqlSessionFormat.Binary));
        Assert.Contains("is not one of the format Binary", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_user_with_the_rights_of_the_readme_and_no_more_can_do_everything() =>
        AssertFewRightsAreEnoughAsync<MySqlException>(static (_, _) => Task.CompletedTask);

    [Fact]
    public async Task A_right_that_is_missing_is_one_clear_message_with_the_statement_to_run()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync("CREATE TABLE other (a int)");
        var (user, connectionString) = await database.NewUserAsync();
        await database.ExecuteAsync($"GRANT SELECT ON other TO '{user}'@'%'");
        var store = At(database, connectionString);
        var error = await FailsToOpenAsync(store);

        // MariaDB does not say whether a table exists to a user without rights, MySQL does.
        Assert.Matches("lacks rights|may not create it", error.Message);

        await database.ExecuteAsync($"GRANT SELECT ON `{database.Name}`.* TO '{user}'@'%'");
        error = await FailsToOpenAsync(store);
        Assert.Contains("does not exist, and this user may not create it", error.Message, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE IF NOT EXISTS `sessions`", error.Message, StringComparison.Ordinal);

        await database.Store().OpenAsync(Cancel);
        foreach (var rights in new[] { "SELECT, UPDATE, INSERT", "SELECT, UPDATE, DELETE", "SELECT, INSERT, DELETE" })
        {
            await database.GrantAsync(rights, user);
            Assert.Contains(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON `sessions`",
                (await FailsToOpenAsync(store)).Message,
                StringComparison.Ordinal
            );
            await database.ExecuteAsync($"REVOKE ALL ON sessions FROM '{user}'@'%'");
        }

        await database.GrantAsync("SELECT, INSERT, UPDATE, DELETE", user);
        await store.SetAsync("a", database.Record(), Cancel);
        await database.ExecuteAsync($"REVOKE INSERT ON sessions FROM '{user}'@'%'");
        var revoked = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await store.SetAsync("very-secret-id", database.Record(), Cancel)
        );
        Assert.Contains("lacks rights", revoked.Message, StringComparison.Ordinal);
        Assert.False(revoked.IsTransient);
        Assert.Equal(SessionStoreOperation.Set, revoked.Operation);
    }

    [Fact]
    public async Task Connections_without_autocommit_are_refused_because_no_session_would_stay()
    {
        await using var server = await MariaDbServer.StartAsync("--autocommit=0");
        await using var database = await server.NewDatabaseAsync();
        await using var store = OwnServer.Store(database.ConnectionString, TimeSpan.FromSeconds(30));
        Assert.Contains("autocommit is off", (await FailsToOpenAsync(store)).Message, StringComparison.Ordinal);
    }
}
