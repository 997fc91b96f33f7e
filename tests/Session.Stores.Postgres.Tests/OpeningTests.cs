using System.Data.Common;
using Dapper;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class OpeningTests(SharedPostgres shared, ITestOutputHelper output)
    : RelationalOpeningTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(() => TestDatabase.CreateAsync(shared))
{
    protected override string Backend => "PostgreSQL";

    [Fact]
    public Task Many_stores_start_at_once_on_an_empty_database() =>
        AssertManyStoresStartAtOnceAsync(
            rounds: 5,
            NewPlaceAsync,
            static async database =>
                Assert.Equal(2, await database.QueryAsync<int>("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'"))
        );

    [Fact]
    public async Task Stores_and_Node_apps_start_at_once_on_an_empty_database()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var wins = 0;
        for (var round = 0; round < 8; round++)
        {
            await using var database = await TestDatabase.CreateAsync(shared);
            var nodes = new DbConnection[4];
            for (var i = 0; i < nodes.Length; i++)
            {
                nodes[i] = await database.ConnectAsync();
            }

            var pauses = nodes.Select(_ => random.Next(0, 300)).ToArray();
            var stores = Starters(database, 12);
            var created = nodes
                .Select(
                    (node, i) =>
                        Task.Run(
                            async () =>
                            {
                                // As connect-pg-simple: it looks, then creates, and does not look again.
                                await Task.Delay(pauses[i], Cancel);
                                try
                                {
                                    await node.ExecuteAsync(ConnectPgSimple.CreateTable);
                                    return 1;
                                }
                                catch (PostgresException error) when (error.SqlState is "23505" or "42P07" or "42710" or "40P01")
                                {
                                    return 0;
                                }
                            },
                            Cancel
                        )
                )
                .ToArray();
            await Task.WhenAll(StartAll(database, stores));
            wins += (await Task.WhenAll(created)).Sum();
            Assert.Equal(12, await stores[0].LengthAsync(Cancel));
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }

        output.WriteLine($"Node made the table in {wins} of 8 rounds.");
    }

    [Fact]
    public async Task A_creation_that_meets_Nodes_uncommitted_one_waits_and_uses_it()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await using var connection = await database.ConnectAsync();
        await using var node = new ConnectPgSimple(connection);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await connection.ExecuteAsync(ConnectPgSimple.CreateTable, transaction: transaction);
        var store = database.Store();
        var writing = store.SetAsync("a", database.Record(), Cancel).AsTask();
        await database.WaitForLockAsync();
        await transaction.CommitAsync(Cancel);
        await writing;
        Assert.NotNull(await node.GetAsync("a", database.NowSeconds));
    }

    [Fact]
    public async Task Tables_in_one_schema_know_nothing_of_each_other_however_they_are_called()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(
            "CREATE SCHEMA \"o'ther \"\"schema\"\"\"; CREATE TABLE neighbour (a int); INSERT INTO neighbour VALUES (1)"
        );

        // As Node's createTableIfMissing leaves it behind with another name: the first table's names for constraint and index.
        await database.ExecuteAsync(ConnectPgSimple.CreateTable.Replace("\"session\"", "\"nodes\"", StringComparison.Ordinal));
        string[] tables =
        [
            "session",
            "second",
            "Second",
            "o'ther \"sessions\"; DROP TABLE neighbour; --",
            "$1",
            "{0}",
            "\\x",
            new string('x', 63),
            new string('x', 62) + "y",
            new string('é', 31),
            "select",
        ];
        var stores = tables
            .SelectMany(table =>
                new[]
                {
                    database.Store(options => options.TableName = table),
                    database.Store(options => (options.SchemaName, options.TableName) = ("o'ther \"schema\"", table)),
                }
            )
            .ToArray();
        await AssertTablesKnowNothingOfEachOtherAsync(database, stores);
        Assert.Equal(
            tables.Length * 2 + 1,
            await database.QueryAsync<int>(
                "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND "
                    + "a.attnum = i.indkey[0] WHERE a.attname = 'expire' AND c.relnamespace IN ('public'::regnamespace, (SELECT oid "
                    + "FROM pg_namespace WHERE nspname LIKE 'o''ther%'))"
            )
        );
        Assert.Equal(
            "second_pkey",
            await database.QueryAsync<string>("SELECT conname FROM pg_constraint WHERE conrelid = 'public.second'::regclass")
        );
        Assert.Equal(
            1,
            await database.QueryAsync<int>(
                "SELECT count(*) FROM pg_indexes WHERE indexname = 'IDX_second_expire' AND schemaname = 'public'"
            )
        );
    }

    [Fact]
    public async Task A_table_is_known_where_the_server_quotes_the_names_of_types()
    {
        await using var database = await NewPlaceAsync();
        await database.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" SET quote_all_identifiers = on");
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_table_is_found_on_the_search_path_and_kept_when_that_changes()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync("CREATE SCHEMA app; CREATE TABLE app.session (sid text PRIMARY KEY, sess json, expire timestamptz)");
        await database.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" SET search_path = app, public");
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        await database.ExecuteAsync("CREATE TABLE public.session (sid text PRIMARY KEY, sess json, expire timestamptz)");
        await database.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" SET search_path = public");
        NpgsqlConnection.ClearAllPools();
        Assert.NotNull(await store.GetAsync("a", Cancel));
        Assert.Equal(1, await database.QueryAsync<int>("SELECT count(*) FROM app.session"));
    }

    [Fact]
    public async Task Without_CreateTable_a_missing_table_is_an_error_that_says_how_to_make_it_and_that_statement_works()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store(options => options.CreateTable = false);
        var error = await FailsToOpenAsync(store);
        const string Create =
            "CREATE TABLE \"session\" (sid varchar NOT NULL COLLATE \"default\" PRIMARY KEY, sess json NOT NULL, expire timestamp(6) "
            + "NOT NULL)";
        Assert.Contains(Create, error.Message, StringComparison.Ordinal);

        await database.ExecuteAsync(Create);
        var logger = new SignallingLogger();
        await store.SetAsync("a", database.Record(), Cancel);
        await database.Store(logger: logger).OpenAsync(Cancel);
        Assert.Equal(1, logger.Count("NoIndex"));
    }

    [Theory]
    [InlineData(
        "CREATE TABLE session (sid varchar(255) PRIMARY KEY, sess json NOT NULL, expired timestamptz NOT NULL)",
        "(sid character varying, sess json, expired timestamp with time zone)"
    )]
    [InlineData("CREATE TABLE session (sid text PRIMARY KEY, sess bytea, expire timestamp)", "sess bytea")]
    [InlineData("CREATE TABLE session (sid text PRIMARY KEY, sess json, expire bigint)", "expire bigint")]
    [InlineData("CREATE TABLE session (sid name PRIMARY KEY, sess json, expire timestamp)", "sid name")]
    [InlineData("CREATE TABLE session (sid text, sess json, expire timestamp)", "ADD PRIMARY KEY (sid)")]
    [InlineData("CREATE TABLE session (sid text, part int, sess json, expire timestamp, PRIMARY KEY (sid, part))", "'part' needs a value")]
    [InlineData("CREATE TABLE session (sid text PRIMARY KEY, sess json, expire timestamp, tenant int NOT NULL)", "'tenant' needs a value")]
    [InlineData("CREATE VIEW session AS SELECT 'a'::text AS sid, '{}'::json AS sess, now()::timestamp AS expire", "is not a table")]
    [InlineData(
        "CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE TABLE session (sid text "
            + "COLLATE folding PRIMARY KEY, sess json, expire timestamp)",
        "treats different ids as equal"
    )]
    [InlineData("CREATE TABLE session (\"a b\" int)", "(a b integer)")]
    public Task A_table_of_another_layout_is_refused_with_its_columns_and_left_as_it_is(string create, string says) =>
        AssertRefusedAndLeftAsync(
            create,
            says,
            "SELECT string_agg(attname || atttypid, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'session'::regclass"
        );

    [Fact]
    public Task A_role_with_the_rights_of_the_readme_and_no_more_can_do_everything() =>
        AssertFewRightsAreEnoughAsync<PostgresException>(
            static (database, role) =>
                database.ExecuteAsync($"REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO {role}")
        );

    [Fact]
    public async Task A_right_that_is_missing_is_one_clear_message()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var (role, connectionString) = await database.NewUserAsync();
        var store = At(database, connectionString);
        await database.ExecuteAsync($"REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO {role}");
        var error = await FailsToOpenAsync(store);
        Assert.Contains("does not exist, and this role may not create it", error.Message, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE \"session\"", error.Message, StringComparison.Ordinal);

        await database.Store().OpenAsync(Cancel);
        await database.GrantAsync("SELECT, UPDATE", role);
        Assert.Contains(
            "GRANT INSERT, DELETE ON \"public\".\"session\"",
            (await FailsToOpenAsync(store)).Message,
            StringComparison.Ordinal
        );

        await database.ExecuteAsync($"REVOKE USAGE ON SCHEMA public FROM {role}");
        Assert.Contains(
            "lacks rights",
            (
                await FailsToOpenAsync(
                    database.Store(options => (options.ConnectionString, options.SchemaName) = (connectionString, "public"))
                )
            ).Message,
            StringComparison.Ordinal
        );

        await database.ExecuteAsync($"GRANT USAGE ON SCHEMA public TO {role}; GRANT INSERT, DELETE ON session TO {role}");
        await store.SetAsync("a", database.Record(), Cancel);
        await database.ExecuteAsync($"REVOKE INSERT ON session FROM {role}");
        var revoked = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await store.SetAsync("very-secret-id", database.Record(), Cancel)
        );
        Assert.False(revoked.IsTransient);
        Assert.Equal(SessionStoreOperation.Set, revoked.Operation);
    }

    // The statements follow, after an error once. MySQL prepares them again without one.
    protected override async Task AssertFollowsOtherTypesAsync(TestDatabase database, PostgresSessionStore store)
    {
        await database.ExecuteAsync("DROP TABLE session; CREATE TABLE session (sid text PRIMARY KEY, sess jsonb, expire timestamptz)");
        await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.Equal(database.Clock.GetUtcNow().AddMinutes(10), (await store.GetAsync("a", Cancel))!.Expires);
    }
}
