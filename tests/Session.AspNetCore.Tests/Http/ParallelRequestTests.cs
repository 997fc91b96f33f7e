using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

public sealed class ParallelRequestTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Parallel_requests_that_each_add_a_key_lose_none()
    {
        const int Requests = 64;
        const int Rounds = 10;
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(AddKey, store: store);

        for (var round = 0; round < Rounds; round++)
        {
            using var begin = await app.GetAsync("/?key=begin");
            var cookie = begin.Cookie();
            var responses = await Task.WhenAll(Enumerable.Range(0, Requests).Select(i => app.GetAsync($"/?key=k{i}", cookie)));
            Assert.True(responses.All(static response => response.IsSuccessStatusCode), app.Logs.Text);

            using var end = await app.GetAsync("/keys", cookie);
            Assert.Equal(Requests + 1, (await end.BodyAsync()).Split(',').Length);
        }

        output.WriteLine($"{store.Calls.Count(static call => call == "set")} writes for {Rounds * (Requests + 1)} changes");
    }

    [Fact]
    public async Task Parallel_requests_that_change_one_session_end_although_the_applications_clock_stands_still()
    {
        const int Requests = 6;
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var store = new RecordingStore(time);
        await using var app = await TestApp.StartAsync(AddKey, store: store, time: time);
        using var begin = await app.GetAsync("/?key=begin");

        // All have read before any writes, so that all but one wait for another attempt.
        using var barrier = new Barrier(Requests);
        store.AfterGet = barrier.WaitAsync;
        var cookie = begin.Cookie();
        var responses = await Task.WhenAll(Enumerable.Range(0, Requests).Select(i => app.GetAsync($"/?key=k{i}", cookie)));

        Assert.All(responses, static response => Assert.Equal(200, (int)response.StatusCode));
        Assert.Equal(Requests + 1, SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload).Count);
    }

    [Fact]
    public async Task Two_requests_that_change_the_same_key_leave_one_of_the_two_values_and_both_others()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            context =>
            {
                var session = context.GetServerSession();
                var who = context.Request.Query["who"].ToString();
                session.Set("same", new[] { who, who, who });
                session.Set("only-" + who, true);
                return Task.CompletedTask;
            },
            store: store
        );
        using var begin = await app.GetAsync("/?who=x");

        // Both have read before either writes.
        using var barrier = new Barrier(2);
        store.AfterGet = barrier.WaitAsync;
        var responses = await Task.WhenAll(app.GetAsync("/?who=a", begin.Cookie()), app.GetAsync("/?who=b", begin.Cookie()));
        Assert.All(responses, static response => Assert.Equal(200, (int)response.StatusCode));

        var record = await store.TheOnlySessionAsync();
        var document = SessionDocument.Parse(record.Payload);
        Assert.Equal(["only-a", "only-b", "only-x", "same"], document.Keys.Order(StringComparer.Ordinal));
        Assert.True(document.TryGetJson("same", out var same));
        Assert.Contains(System.Text.Encoding.UTF8.GetString(same.Span), new[] { """["a","a","a"]""", """["b","b","b"]""" });
    }

    [Fact]
    public async Task What_a_request_had_set_before_it_reloaded_is_not_laid_over_what_another_has_written_since()
    {
        using var store = new RecordingStore();
        TestApp? app = null;
        await using var running = app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path != "/reloads")
                {
                    session.Set("k", context.Request.Path.Value);
                    return;
                }

                session.Set("k", "before the reload");
                session.Remove("gone");
                await session.ReloadAsync();
                session.Set("other", true);
                using var parallel = await app!.GetAsync("/parallel", context.Request.Headers.Cookie.ToString());
                Assert.Equal(200, (int)parallel.StatusCode);
            },
            store: store
        );
        using var begin = await app.GetAsync("/begin");

        using var reloaded = await app.GetAsync("/reloads", begin.Cookie());

        Assert.Equal(200, (int)reloaded.StatusCode);
        var document = SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload);
        Assert.Equal(["k", "other"], document.Keys);
        Assert.True(document.TryGetJson("k", out var value));
        Assert.Equal("\"/parallel\"", System.Text.Encoding.UTF8.GetString(value.Span));
    }

    [Fact]
    public async Task A_removed_key_stays_removed_when_another_request_writes()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            context =>
            {
                if (context.Request.Query.ContainsKey("remove"))
                {
                    context.GetServerSession().Remove("a");
                }
                else
                {
                    context.GetServerSession().Set(context.Request.Query["key"].ToString(), 1);
                }

                return Task.CompletedTask;
            },
            store: store
        );
        using var begin = await app.GetAsync("/?key=a");
        using var barrier = new Barrier(2);
        store.AfterGet = barrier.WaitAsync;

        await Task.WhenAll(app.GetAsync("/?remove", begin.Cookie()), app.GetAsync("/?key=b", begin.Cookie()));

        Assert.Equal(["b"], SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload).Keys);
    }

    [Fact]
    public async Task A_key_that_was_saved_in_the_middle_of_a_request_does_not_win_again_at_its_end()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                session.Set("a", context.Request.Path.Value);
                if (context.Request.Path == "/first")
                {
                    await session.SaveAsync();
                    var parallel = store.Inner;
                    var stored = (await parallel.GetAsync(session.Id))!;
                    var document = SessionDocument.Parse(stored.Payload);
                    document.SetJson("a", "\"later\""u8.ToArray());
                    await parallel.SetAsync(session.Id, SessionRecord.TakeOwnership(document.ToPayload(), stored.Expires));
                    session.Set("b", true);
                }
            },
            store: store
        );

        using var response = await app.GetAsync("/first");

        var end = SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload);
        Assert.True(end.TryGetJson("a", out var a) && end.TryGetJson("b", out _));
        Assert.Equal("\"later\"", System.Text.Encoding.UTF8.GetString(a.Span));
    }

    [Theory]
    [InlineData("save")]
    [InlineData("touch")]
    [InlineData("regenerate")]
    public async Task A_session_that_is_destroyed_while_another_request_works_with_it_stays_destroyed(string other)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                switch (context.Request.Path.Value)
                {
                    case "/begin" or "/save":
                        session.Set("n", 1 + session.Get<int>("n"));
                        break;
                    case "/regenerate":
                        await session.RenewIdAsync();
                        break;
                }
            },
            store: store
        );
        using var begin = await app.GetAsync("/begin");
        var sid = Uri.UnescapeDataString(begin.Cookie()).Split("s:")[1].Split('.')[0];

        // The logout happens after the other request has read the session and before it writes.
        store.Before = call => call == "get" ? Task.CompletedTask : store.Inner.DestroyAsync(sid).AsTask();
        using var response = await app.GetAsync("/" + other, begin.Cookie());

        // What was destroyed cannot move to a new id: that is said to the application, which has done nothing yet.
        Assert.Equal(other == "regenerate" ? 409 : 200, (int)response.StatusCode);
        Assert.Equal(0, await store.Inner.LengthAsync());
        Assert.Equal(other == "save" ? 1 : 0, app.Logs.Count("ChangesDropped"));
        Assert.Equal(other == "regenerate" ? 1 : 0, app.Logs.Count("SessionGone"));

        // The server logs at every level as well; what it says of the requests' addresses has no id either.
        Assert.DoesNotContain(sid, app.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_write_wins_where_the_option_says_so()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            AddKey,
            static options => options.ParallelWrites = SessionParallelWrites.LastWriteWins,
            store
        );
        using var begin = await app.GetAsync("/?key=begin");
        using var barrier = new Barrier(2);
        store.AfterGet = barrier.WaitAsync;

        await Task.WhenAll(app.GetAsync("/?key=a", begin.Cookie()), app.GetAsync("/?key=b", begin.Cookie()));

        Assert.Equal(2, SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload).Keys.Count);
    }

    [Fact]
    public async Task A_generator_that_returns_an_id_twice_harms_nobody_elses_session()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(AddKey, static options => options.GenerateSid = static _ => "constant", store);

        using var first = await app.GetAsync("/?key=victim");
        using var second = await app.GetAsync("/?key=intruder");

        Assert.Equal(200, (int)first.StatusCode);
        Assert.Equal(500, (int)second.StatusCode);
        Assert.Null(second.SetCookie());
        Assert.Equal(["victim"], SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload).Keys);
    }

    private static Task AddKey(HttpContext context)
    {
        var session = context.GetServerSession();
        if (context.Request.Path == "/keys")
        {
            return context.Response.WriteAsync(string.Join(',', session.Keys));
        }

        session.Set(context.Request.Query["key"].ToString(), 1);
        return Task.CompletedTask;
    }
}
