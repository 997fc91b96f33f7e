using Microsoft.AspNetCore.Http;
using ServerSessions.Testing;

namespace ServerSessions.Tests.Values;

/// <summary>A value that is taken once, and updates that are never lost, beside parallel requests and the request's own commit.</summary>
public sealed class TakeAndUpdateTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Of_parallel_requests_that_take_a_code_one_gets_it_and_it_does_not_come_back()
    {
        const int Requests = 32;
        await using var app = await ValuesApp.StartAsync(static session => session.Set("code", "abc"));
        using var barrier = new Barrier(Requests);
        app.Store.AfterGet = barrier.WaitAsync;

        // Each also writes a key of its own, so that each commit stores the session.
        var taken = new string?[Requests];
        await Task.WhenAll(
            Enumerable
                .Range(0, Requests)
                .Select(i =>
                    app.DoAsync(async session =>
                    {
                        session.Set($"k{i:00}", i);
                        taken[i] = await session.TakeAsync<string>("code");
                    })
                )
        );

        Assert.Equal("abc", Assert.Single(taken, static code => code is not null));
        Assert.Equal(
            string.Join(' ', Enumerable.Range(0, Requests).Select(static i => $"k{i:00}={i}")),
            await app.StoredAsync()
        );
        output.WriteLine($"{app.Store.Calls.Count(static call => call == "set")} writes");
    }

    [Fact]
    public async Task Of_parallel_increments_none_is_lost_and_each_request_gets_a_number_of_its_own()
    {
        const int Requests = 64;
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 0));
        using var barrier = new Barrier(Requests);
        app.Store.AfterGet = barrier.WaitAsync;

        var numbers = new int[Requests];
        await Task.WhenAll(
            Enumerable
                .Range(0, Requests)
                .Select(i =>
                    app.DoAsync(async session =>
                    {
                        session.Set($"k{i}", i);
                        numbers[i] = await session.UpdateAsync<int>("n", static n => n + 1);
                    })
                )
        );

        Assert.Equal(Enumerable.Range(1, Requests), numbers.Order());
        Assert.Contains($" n={Requests}", await app.StoredAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_alone_costs_one_read_and_one_write_and_so_does_a_take()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 1));

        using var updated = await app.DoAsync(async session => await session.UpdateAsync<int>("n", static n => n + 1));
        using var taken = await app.DoAsync(async session => Assert.Equal(2, await session.TakeAsync<int>("n")));

        Assert.Equal(["get", "set", "get", "set"], app.Store.Calls);
        Assert.Equal("", await app.StoredAsync());
    }

    [Fact]
    public async Task The_other_changes_of_the_request_are_stored_by_its_commit_and_not_before()
    {
        await using var app = await ValuesApp.StartAsync(static session =>
        {
            session.Set("n", 1);
            session.Set("gone", 1);
        });

        using var response = await app.DoAsync(async session =>
        {
            session.Set("own", 1);
            session.Remove("gone");
            await session.UpdateAsync<int>("n", static n => n + 1);
            Assert.Equal("gone=1 n=2", await app.StoredAsync());
            Assert.Equal((1, 2, false), (session.Get<int>("own"), session.Get<int>("n"), session.Keys.Contains("gone")));
        });

        Assert.Equal("n=2 own=1", await app.StoredAsync());
        Assert.Equal(["get", "set", "set"], app.Store.Calls);
    }

    [Fact]
    public async Task The_commit_overwrites_no_update_that_another_request_made_after_the_one_of_its_own()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 1));

        using var response = await app.DoAsync(async session =>
        {
            // Its own unsaved value is what the update works on, and is stored with it.
            session.Set("n", 10);
            Assert.Equal(11, await session.UpdateAsync<int>("n", static n => n + 1));
            using var parallel = await app.DoAsync(async other => await other.UpdateAsync<int>("n", static n => n + 1));
            session.Set("own", 1);
        });

        Assert.Equal("n=12 own=1", await app.StoredAsync());
    }

    [Fact]
    public async Task The_commit_brings_no_value_back_that_a_parallel_request_took_nor_removes_one_that_it_set()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("code", "abc"));

        using var reader = await app.DoAsync(async session =>
        {
            Assert.Equal("abc", session.Get<string>("code"));
            using var taker = await app.DoAsync(async other => Assert.Equal("abc", await other.TakeAsync<string>("code")));
            session.Set("own", 1);
        });
        Assert.Equal("own=1", await app.StoredAsync());

        using var second = await app.DoAsync(async session =>
        {
            Assert.Null(await session.TakeAsync<string>("code"));
            using var giver = await app.DoAsync(static other => other.Set("code", "next"));
            session.Set("own", 2);
        });
        Assert.Equal("code=\"next\" own=2", await app.StoredAsync());
    }

    [Fact]
    public async Task What_another_request_stored_since_this_one_began_is_taken_and_updated()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 1));

        using var response = await app.DoAsync(async session =>
        {
            using var parallel = await app.DoAsync(static other =>
            {
                other.Set("code", "abc");
                other.Set("n", 5);
            });
            Assert.Null(session.Get<string>("code"));
            Assert.Equal("abc", await session.TakeAsync<string>("code"));
            Assert.Equal(6, await session.UpdateAsync<int>("n", static n => n + 1));
        });

        Assert.Equal("n=6", await app.StoredAsync());
    }

    [Fact]
    public async Task The_change_is_called_again_with_the_newer_value_and_one_that_changes_nothing_writes_nothing()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 1));
        var seen = new List<int>();

        using var response = await app.DoAsync(async session =>
        {
            using var parallel = await app.DoAsync(async other => await other.UpdateAsync<int>("n", static n => n + 1));
            await session.UpdateAsync<int>("n", n =>
            {
                seen.Add(n);
                return n + 1;
            });
            app.Store.Forget();
            Assert.Equal(3, await session.UpdateAsync<int>("n", static n => n));
            Assert.Null(await session.TakeAsync<string>("absent"));
        });

        Assert.Equal([1, 2], seen);
        Assert.Equal(["get", "get", "touch"], app.Store.Calls);
        Assert.Equal("n=3", await app.StoredAsync());
    }

    [Fact]
    public async Task A_new_session_is_changed_in_memory_and_stored_by_the_commit()
    {
        await using var app = await ValuesApp.StartAsync();

        using var response = await app.DoAsync(async session =>
        {
            session.Set("code", "abc");
            Assert.Equal("abc", await session.TakeAsync<string>("code"));
            Assert.Equal(1, await session.UpdateAsync<int>("n", static n => n + 1));
            Assert.Null(await session.TakeAsync<int?>("absent"));
            Assert.Empty(app.Store.Calls);
        });

        Assert.Equal(["set"], app.Store.Calls);
        Assert.Equal("n=1", await app.StoredAsync());
        Assert.NotNull(response.SetCookie());
    }

    [Fact]
    public async Task After_the_response_has_started_both_still_work_and_nothing_is_written_twice()
    {
        await using var app = await ValuesApp.StartAsync(static session =>
        {
            session.Set("code", "abc");
            session.Set("n", 1);
        });

        using var response = await app.SendAsync(
            async (session, context) =>
            {
                session.Set("own", 1);
                await context.Response.WriteAsync("begun");
                Assert.Equal("abc", await session.TakeAsync<string>("code"));
                Assert.Equal(2, await session.UpdateAsync<int>("n", static n => n + 1));
            }
        );

        Assert.Equal("begun", await response.BodyAsync());
        Assert.Equal("n=2 own=1", await app.StoredAsync());
        Assert.Equal(["get", "set", "set", "set"], app.Store.Calls);
    }

    [Fact]
    public async Task They_take_turns_with_saves_and_new_ids_in_one_request()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 1));

        using var response = await app.DoAsync(async session =>
        {
            session.Set("own", 1);
            await session.SaveAsync();
            await session.UpdateAsync<int>("n", static n => n + 1);
            await session.RenewIdAsync();
            Assert.Equal(3, await session.UpdateAsync<int>("n", static n => n + 1));
            session.Set("code", "abc");
            Assert.Equal("abc", await session.TakeAsync<string>("code"));
            await session.ReloadAsync();
            Assert.Equal(3, session.Get<int>("n"));
        });

        Assert.Equal("n=3 own=1", await app.StoredAsync());
        Assert.NotNull(response.SetCookie());
    }

    [Fact]
    public async Task Unsaved_changes_of_the_cookie_stay_unsaved_and_the_lifetime_starts_again()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var test = await TestServerSession.CreateAsync(
            static session => session.Set("n", 1),
            static options => options.Cookie.MaxAge = TimeSpan.FromHours(1),
            time
        );
        time.Advance(TimeSpan.FromMinutes(40));
        test.Session.Cookie.MaxAge = TimeSpan.FromDays(9);

        await test.Session.UpdateAsync<int>("n", static n => n + 1);

        time.Advance(TimeSpan.FromMinutes(40));
        using var next = await test.NextRequestAsync();
        Assert.Equal((false, 2), (next.Session.IsNew, next.Session.Get<int>("n")));
        Assert.Equal(TimeSpan.FromHours(1), next.Session.Cookie.OriginalMaxAge);
        await test.EndRequestAsync();
        Assert.Equal(TimeSpan.FromDays(9), test.Session.Cookie.OriginalMaxAge);
    }
}
