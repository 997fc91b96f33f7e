using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class NodeCompatibilityTests(SharedMySql shared)
    : RelationalNodeTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(() => TestDatabase.CreateAsync(shared))
{
    protected override string SecondsOfExpires => "expires";

    [Fact]
    public async Task The_table_is_that_of_express_mysql_session_column_by_column_with_an_index_more()
    {
        await using var ours = await TestDatabase.CreateAsync(shared);
        await using var nodes = await TestDatabase.CreateAsync(shared);
        await ours.Store().OpenAsync(Cancel);
        await nodes.ExecuteAsync(ExpressMySqlSession.CreateTable);
        const string Columns = """
            SELECT group_concat(concat_ws(' ', column_name, column_type, is_nullable, column_default, collation_name, column_key, extra)
                ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = database() AND column_name <> 'expires'
            """;
        const string Expires = """
            SELECT concat_ws(' ', column_type, is_nullable, column_default, extra) FROM information_schema.columns
            WHERE table_schema = database() AND column_name = 'expires'
            """;
        const string Engine = "SELECT engine FROM information_schema.tables WHERE table_schema = database()";
        foreach (var question in new[] { Columns, Expires, Engine })
        {
            var expected = await nodes.QueryAsync<string>(question);
            Assert.False(string.IsNullOrEmpty(expected));
            Assert.Equal(expected, await ours.QueryAsync<string>(question));
        }

        const string Indexes = """
            SELECT group_concat(concat(index_name, ' ', column_name) ORDER BY index_name) FROM information_schema.statistics
            WHERE table_schema = database()
            """;
        Assert.Equal("PRIMARY session_id", await nodes.QueryAsync<string>(Indexes));
        Assert.Equal("expires expires,PRIMARY session_id", await ours.QueryAsync<string>(Indexes));
    }

    [Fact]
    public Task The_expires_column_rules_whatever_the_cookie_in_the_payload_says() => AssertColumnRulesAsync();

    [Theory]
    [InlineData("int(11) unsigned", 4_294_967_295L)]
    [InlineData("int(11)", 2_147_483_647L)]
    public async Task An_expiry_after_the_columns_last_is_its_last(string type, long last)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(ExpressMySqlSession.CreateTable.Replace("int(11) unsigned", type, StringComparison.Ordinal));
        var store = database.Store();
        await store.SetAsync("a", new SessionRecord(TestDatabase.Payload("a"), DateTimeOffset.MaxValue), Cancel);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(last), (await store.GetAsync("a", Cancel))!.Expires);
    }

    [Fact]
    public async Task A_live_row_without_a_payload_is_an_error_of_get_and_left_out_of_a_listing()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(ExpressMySqlSession.CreateTable);
        var logger = new SignallingLogger();
        var store = database.Store(logger: logger);
        await store.SetAsync("good", database.Record(), Cancel);
        await database.ExecuteAsync($"INSERT INTO sessions VALUES ('very-secret-id', {database.InSeconds(60)}, NULL)");

        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("very-secret-id", Cancel));
        Assert.False(error.IsTransient);
        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("good", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.Equal(1, logger.Count("Unreadable"));
        Assert.Equal(1, logger.Count("NoIndex"));
    }

    [Fact]
    public async Task An_id_that_the_column_cannot_hold_is_refused_with_what_to_set_and_nothing_is_cut()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(ExpressMySqlSession.CreateTable);
        var store = database.Store();
        var longest = string.Concat(Enumerable.Repeat("😀", 128));
        await store.SetAsync(longest, database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync(longest, Cancel));
        foreach (var (sid, says) in new[] { (longest + "x", "longer than the 128"), ("very-secret ", "ends with a blank") })
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync(sid, database.Record(), Cancel));
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.Contains("Set Format to Binary", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
            Assert.False(error.IsTransient);
        }

        Assert.Equal(1, await store.LengthAsync(Cancel));
    }

    [Theory]
    [InlineData("text", 65_535)]
    [InlineData("mediumtext", 1_000_000)]
    public async Task A_session_that_column_or_server_does_not_hold_is_refused_before_it_is_sent(string type, int most)
    {
        await using var server = await MariaDbServer.StartAsync("--max-allowed-packet=1M", "--sql-mode=");
        await using var database = await server.NewDatabaseAsync();
        await database.ExecuteAsync(ExpressMySqlSession.CreateTable.Replace("mediumtext", type, StringComparison.Ordinal));
        await using var store = new MySqlSessionStore(
            new MySqlSessionStoreOptions { ConnectionString = database.ConnectionString, OperationTimeout = TimeSpan.FromSeconds(30) }
        );
        var fits = OwnServer.Record(new string('x', most - 100));
        await store.SetAsync("a", fits, Cancel);
        Assert.Equal(fits.Payload, (await store.GetAsync("a", Cancel))!.Payload);
        foreach (
            var write in new Func<Task>[]
            {
                async () => await store.SetAsync("very-secret-id", OwnServer.Record(new string('x', most + 100_000)), Cancel),
                async () => await store.TrySetAsync("very-secret-id", OwnServer.Record(new string('x', most + 100_000)), null, Cancel),
            }
        )
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(write);
            Assert.Contains("the session is larger than", error.Message, StringComparison.Ordinal);
            Assert.False(error.IsTransient);
        }

        Assert.Equal(1, await store.LengthAsync(Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ANSI,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE")]
    [InlineData("TRADITIONAL,PAD_CHAR_TO_FULL_LENGTH")]
    [InlineData("EMPTY_STRING_IS_NULL,SIMULTANEOUS_ASSIGNMENT,HIGH_NOT_PRECEDENCE")]
    public async Task No_sql_mode_time_zone_or_isolation_of_the_server_changes_anything(string mode)
    {
        await using var server = await MariaDbServer.StartAsync(
            $"--sql-mode={mode}",
            "--default-time-zone=+05:45",
            "--transaction-isolation=SERIALIZABLE",
            "--character-set-server=latin1",
            "--lower-case-table-names=1",
            "--sql-safe-updates=1"
        );
        await using var database = await server.NewDatabaseAsync();
        foreach (var format in Enum.GetValues<MySqlSessionFormat>())
        {
            await using var store = new MySqlSessionStore(
                new MySqlSessionStoreOptions
                {
                    ConnectionString = database.ConnectionString,
                    TableName = $"Sessions of {format}",
                    Format = format,
                    OperationTimeout = TimeSpan.FromSeconds(30),
                }
            );
            var record = OwnServer.Record("é 😀 \\\\ \\\" \\u0000 ' %");
            foreach (var sid in new[] { "a", "A", "\\", "'\"`\\'", "é", "😀" })
            {
                await store.SetAsync(sid, record, Cancel);
                var read = await store.GetAsync(sid, Cancel);
                Assert.Equal(record.Payload, read!.Payload);
                Assert.InRange(read.Expires!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(23.9), TimeSpan.FromHours(24.1));
                Assert.True(await store.TouchAsync(sid, record, Cancel));
                Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, record, read, Cancel));
            }

            Assert.Equal(6, (await store.AllAsync(Cancel).ToListAsync(Cancel)).Count);
            Assert.Equal(0, await store.PruneAsync(10, Cancel));
            await store.ClearAsync(Cancel);
            Assert.Equal(0, await store.LengthAsync(Cancel));
        }
    }
}
