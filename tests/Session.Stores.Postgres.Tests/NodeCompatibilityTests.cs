using System.Text;
using Dapper;
using ServerSessions.Payload;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>Rows as connect-pg-simple 10 writes and reads them.</summary>
public sealed class NodeCompatibilityTests(SharedPostgres shared)
    : RelationalNodeTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(() => TestDatabase.CreateAsync(shared))
{
    // It is stored as UTC without a zone.
    protected override string SecondsOfExpires => "EXTRACT(epoch FROM expire)::bigint";

    [Fact]
    public async Task The_table_is_that_of_connect_pg_simple_column_by_column_and_name_by_name()
    {
        await using var ours = await TestDatabase.CreateAsync(shared);
        await using var nodes = await TestDatabase.CreateAsync(shared);
        await ours.Store().OpenAsync(Cancel);
        await nodes.ExecuteAsync(ConnectPgSimple.CreateTable);
        foreach (
            var question in new[]
            {
                """
                    SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attcollation::regcollation, atthasdef), ', ' ORDER BY attnum)
                    FROM pg_attribute WHERE attrelid = 'session'::regclass AND attnum > 0
                    """,
                "SELECT string_agg(indexdef, '; ' ORDER BY indexname) FROM pg_indexes WHERE tablename = 'session'",
                "SELECT string_agg(conname || ' ' || pg_get_constraintdef(oid), '; ') FROM pg_constraint WHERE conrelid = "
                    + "'session'::regclass",
            }
        )
        {
            var expected = await nodes.QueryAsync<string>(question);
            Assert.False(string.IsNullOrEmpty(expected));
            Assert.Equal(expected, await ours.QueryAsync<string>(question));
        }
    }

    [Fact]
    public Task The_expire_column_rules_whatever_the_cookie_in_the_payload_says() => AssertColumnRulesAsync();

    [Fact]
    public async Task Rows_that_the_real_package_wrote_are_sessions()
    {
        // Dumped from connect-pg-simple 10.0.0 on PostgreSQL 15 in UTC: maxAge 60000, none, and 1500 at .216.
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(
            ConnectPgSimple.CreateTable
                + """
                INSERT INTO session (sid, sess, expire) VALUES
                ('http-sid', '{"cookie":{"originalMaxAge":59998,"expires":"2026-11-22T22:54:18.160Z","httpOnly":true,"path":"/"},"user":{"name":"Zoë 漢字 😀","roles":["a","b"],"nested":{"deep":{"n":1.5,"t":true,"z":null}}},"lone":"\ud800"}', '2026-11-22 22:54:19'),
                ('no-max-age', '{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"a":1}', '2026-11-23 22:53:19'),
                ('short', '{"cookie":{"originalMaxAge":1500,"expires":"2026-11-22T22:53:19.716Z","httpOnly":true,"path":"/"}}', '2026-11-22 22:53:20')
                """
        );
        database.Clock.SetUtcNow(new DateTimeOffset(2026, 11, 22, 22, 53, 18, 216, TimeSpan.Zero));
        var store = database.Store(options => options.TimeZone = "UTC");
        foreach (
            var (sid, expires, key) in new[]
            {
                ("http-sid", new DateTimeOffset(2026, 11, 22, 22, 54, 19, TimeSpan.Zero), "user"),
                ("no-max-age", new DateTimeOffset(2026, 11, 23, 22, 53, 19, TimeSpan.Zero), "a"),
                ("short", new DateTimeOffset(2026, 11, 22, 22, 53, 20, TimeSpan.Zero), null),
            }
        )
        {
            var read = await store.GetAsync(sid, Cancel);
            Assert.Equal(expires, read!.Expires);
            var session = SessionDocument.Parse(read.Payload);
            Assert.True(SessionCookie.Parse(session.CookieJson.Span, database.Clock).HttpOnly);
            Assert.Equal(key is null, session.Count == 0);
            Assert.True(key is null || session.TryGetJson(key, out _));
        }
    }

    [Theory]
    [InlineData("infinity")]
    [InlineData("294276-12-31 23:59:59")]
    public async Task Times_outside_the_calendar_are_its_ends(string expire)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.OpenAsync(Cancel);
        await database.ExecuteAsync(
            "INSERT INTO session VALUES ('far', '{}', @expire::timestamp), ('long ago', '{}', '-infinity')",
            new { expire }
        );
        Assert.Equal(DateTimeOffset.MaxValue, (await store.GetAsync("far", Cancel))!.Expires);
        Assert.Null(await store.GetAsync("long ago", Cancel));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
        Assert.Equal(1, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task A_live_row_without_a_payload_is_an_error_of_get_and_left_out_of_a_listing()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync("CREATE TABLE session (sid text PRIMARY KEY, sess text, expire timestamptz)");
        var logger = new SignallingLogger();
        var store = database.Store(logger: logger);
        await store.SetAsync("good", database.Record(), Cancel);
        await database.ExecuteAsync(
            "INSERT INTO session VALUES ('very-secret-id', NULL, 'infinity'), (repeat('x', 513), '{}', 'infinity')"
        );

        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("very-secret-id", Cancel));
        Assert.False(error.IsTransient);
        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("good", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.Equal(1, logger.Count("Unreadable"));
        Assert.Contains(logger.Messages, static message => message.Contains("2 rows", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("json", """{"cookie":{"path":"/"},"user":"zoë 😀","nul":"\\u0000"}""")]
    [InlineData("jsonb", """{"cookie": {"path":"/"}, "user":"zoë 😀", "quote":"\""}""")]
    public async Task A_payload_that_is_a_JSON_text_is_a_session_as_connect_pg_simple_takes_it_and_is_written_back_as_one(
        string type,
        string session
    )
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync($"CREATE TABLE session (sid text PRIMARY KEY, sess {type} NOT NULL, expire timestamptz NOT NULL)");
        var twice = System.Text.Json.JsonSerializer.Serialize(session);
        async Task InsertAsync(string sid) =>
            await database.ExecuteAsync(
                $"INSERT INTO session VALUES (@sid, @twice::{type}, to_timestamp({database.NowSeconds + 60})) ON CONFLICT (sid) DO "
                    + $"UPDATE SET sess = excluded.sess",
                new { sid, twice }
            );
        await InsertAsync("a");
        var store = database.Store();
        var read = await store.GetAsync("a", Cancel);
        Assert.Equal(session, Encoding.UTF8.GetString(read!.Payload.Span));
        Assert.Equal(session, Encoding.UTF8.GetString(Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Record.Payload.Span));
        var touched = await store.GetAndTouchAsync("a", new SessionTouchPlan { Prefix = read.Payload }, Cancel);
        Assert.Equal(session, Encoding.UTF8.GetString(touched.Record!.Payload.Span));

        // Compared with what the row holds, and not with what another has written there since.
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", database.Record("new"), read, Cancel));
        Assert.Equal("object", await database.QueryAsync<string>($"SELECT {type}_typeof(sess) FROM session"));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", database.Record("newer"), read, Cancel));
        await InsertAsync("a");
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", database.Record("newer"), database.Record("new"), Cancel));
        Assert.Equal(
            ConditionalSetResult.Stored,
            await store.TrySetAsync("a", database.Record("gone", TimeSpan.FromSeconds(-1)), touched.Record, Cancel)
        );
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Theory]
    [InlineData("json", "\"no session\"")]
    [InlineData("json", "\"\\ud800\"")]
    [InlineData("jsonb", "\"\"")]
    public async Task A_JSON_text_that_holds_no_session_is_given_as_bytes_that_are_none(string type, string content)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(
            $"CREATE TABLE session (sid text PRIMARY KEY, sess {type} NOT NULL, expire timestamptz NOT NULL); INSERT INTO session "
                + $"VALUES ('a', '{content}', 'infinity')"
        );
        var read = await database.Store().GetAsync("a", Cancel);
        Assert.Throws<SessionPayloadException>(() => SessionDocument.Parse(read!.Payload));
    }
}
