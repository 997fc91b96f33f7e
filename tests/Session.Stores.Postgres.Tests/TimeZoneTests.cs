using Dapper;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>The column of connect-pg-simple has no time zone: its times are those of the zone that Node's connections have.</summary>
public sealed class TimeZoneTests(SharedPostgres shared)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Zones =>
        ["UTC", "America/New_York", "Asia/Kolkata", "America/St_Johns", "<+05>-05", "Pacific/Kiritimati"];

    [Theory]
    [MemberData(nameof(Zones))]
    public async Task A_life_is_the_same_for_Node_and_us_whatever_the_servers_zone(string zone)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" SET TimeZone = '{zone}'");
        await AgreesAsync(database, database.Store(), await database.NodeAsync());
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public async Task A_Node_app_on_another_zone_than_the_servers_is_met_by_the_option(string zone)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" SET TimeZone = 'Asia/Tokyo'");
        await AgreesAsync(database, database.Store(options => options.TimeZone = zone), await database.NodeAsync(zone));
    }

    [Fact]
    public async Task Stores_agree_though_the_zones_of_their_connections_differ()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" SET TimeZone = 'America/New_York'");
        var plain = database.Store();
        var kolkata = database.Store(options =>
        {
            options.ConnectionString += ";Timezone=Asia/Kolkata";
            options.TimeZone = "America/New_York";
        });
        await AgreesAsync(database, kolkata, await database.NodeAsync());
        await kolkata.SetAsync("kolkata", database.Record(life: Life), Cancel);
        Assert.Equal(database.Clock.GetUtcNow() + Life, (await plain.GetAsync("kolkata", Cancel))!.Expires);
    }

    [Fact]
    public async Task The_zone_of_a_role_is_that_of_Nodes_connections_as_the_same_role()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var (role, connectionString) = await database.NewUserAsync();
        await database.ExecuteAsync($"ALTER ROLE {role} SET TimeZone = 'Asia/Kathmandu'; GRANT CREATE ON SCHEMA public TO {role}");
        var node = new ConnectPgSimple(await database.ConnectAsync(connectionString));
        await AgreesAsync(database, database.Store(options => options.ConnectionString = connectionString), node);
    }

    [Fact]
    public async Task A_connection_that_hides_the_servers_zone_is_refused_with_what_to_do()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store(options => options.ConnectionString += ";Timezone=Asia/Kolkata");
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.False(error.IsTransient);
        Assert.Contains(
            "Set TimeZone to the zone of Node's connections, or to 'Asia/Kolkata' if all connections use it",
            error.Message,
            StringComparison.Ordinal
        );

        // A column that has time zones itself needs none.
        await database.ExecuteAsync("CREATE TABLE other (sid text PRIMARY KEY, sess json, expire timestamptz)");
        var other = database.Store(options =>
            (options.ConnectionString, options.TableName) = (options.ConnectionString + ";Timezone=Asia/Kolkata", "other")
        );
        await other.SetAsync("a", database.Record(life: Life), Cancel);
        Assert.Equal(database.Clock.GetUtcNow() + Life, (await other.GetAsync("a", Cancel))!.Expires);
    }

    [Theory]
    [InlineData("CET", "abbreviation")]
    [InlineData("Europe/Nowhere", "has no time zone")]
    public async Task A_zone_whose_name_is_something_else_too_or_nothing_is_refused(string zone, string says)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store(options => options.TimeZone = zone);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(zone, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_hour_that_clocks_repeat_a_session_lives_up_to_an_hour_longer_and_never_twice_or_shorter()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" SET TimeZone = 'America/New_York'");
        await using var node = await database.NodeAsync();
        var store = database.Store();

        // 1 November 2026, 06:00 UTC: 02:00 summer time becomes 01:00 again. In steps from two hours before to two hours after.
        var change = new DateTimeOffset(2026, 11, 1, 6, 0, 0, TimeSpan.Zero);
        foreach (var minutes in new[] { -90, -61, -60, -59, -30, -1, 0, 1, 30, 59, 60, 61, 90 })
        {
            var expires = change.AddMinutes(minutes);
            database.Clock.AdjustTime(change.AddHours(-3));
            await store.SetAsync("a", new SessionRecord(TestDatabase.Payload("a"), expires), Cancel);
            var reported = (await store.GetAsync("a", Cancel))!.Expires!.Value;
            Assert.Contains(reported - expires, new[] { TimeSpan.Zero, minutes is >= -60 and < 0 ? TimeSpan.FromHours(1) : TimeSpan.Zero });

            for (var at = change.AddHours(-2); at < change.AddHours(2.5); at = at.AddMinutes(7.5))
            {
                database.Clock.AdjustTime(at);
                Assert.Equal(at < reported, await store.GetAsync("a", Cancel) is not null);
                Assert.Equal(at <= reported, await node.GetAsync("a", at.ToUnixTimeSeconds()) is not null);
                if (at < reported)
                {
                    Assert.Equal(0, await store.PruneAsync(10, Cancel));
                }
            }

            database.Clock.AdjustTime(reported);
            Assert.Equal(1, await store.PruneAsync(10, Cancel));
        }
    }

    private static async Task AgreesAsync(TestDatabase database, PostgresSessionStore store, NodePackage node)
    {
        await using (node)
        {
            await store.SetAsync("ours", database.Record(life: Life), Cancel);
            var end = database.NowSeconds + (long)Life.TotalSeconds;
            Assert.NotNull(await node.GetAsync("ours", end));
            Assert.Null(await node.GetAsync("ours", end + 1));
            Assert.Equal(0, await node.PruneAsync(end));

            await node.SetAsync("node", """{"cookie":{}}""", end);
            Assert.Equal(database.Clock.GetUtcNow() + Life, (await store.GetAsync("node", Cancel))!.Expires);
            Assert.True(await store.TouchAsync("node", database.Record(life: Life * 2), Cancel));
            Assert.NotNull(await node.GetAsync("node", end + 600));
            Assert.Null(await node.GetAsync("node", end + 601));
            await node.TouchAsync("node", end);
            Assert.Equal(database.Clock.GetUtcNow() + Life, (await store.GetAsync("node", Cancel))!.Expires);
            Assert.Equal(0, await store.PruneAsync(10, Cancel));

            // Neither dies early, nor lives on.
            var now = database.Clock.GetUtcNow();
            database.Clock.AdjustTime(now + Life - TimeSpan.FromTicks(10));
            Assert.Equal(2, await store.LengthAsync(Cancel));
            database.Clock.AdjustTime(now + Life);
            Assert.Equal(0, await store.LengthAsync(Cancel));
            Assert.Equal(2, await store.PruneAsync(10, Cancel));
        }
    }
}
