using Microsoft.AspNetCore.Http;

namespace Session.Tests.Http;

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
            store: store);
        using var begin = await app.GetAsync("/?who=x");

        // Both have read before either writes.
        using var barrier = new Barrier(2);
        store.AfterGet = barrier.WaitAsync;
        var responses = await Task.WhenAll(app.GetAsync("/?who=a", begin.Cookie()), app.GetAsync("/?who=b", begin.Cookie()));
        Assert.All(responses, static response => Assert.Equal(200, (int)response.StatusCode));

        var record = await TheOnly(store);
        var document = SessionDocument.Parse(record.Payload);
        Assert.Equal(["only-a", "only-b", "only-x", "same"], document.Keys.Order(StringComparer.Ordinal));
        Assert.True(document.TryGetJson("same", out var same));
        Assert.Contains(System.Text.Encoding.UTF8.GetString(same.Span), new[] { """["a","a","a"]""", """["b","b","b"]""" });
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
            store: store);
        using var begin = await app.GetAsync("/?key=a");
        using var barrier = new Barrier(2);
        store.AfterGet = barrier.WaitAsync;

        await Task.WhenAll(app.GetAsync("/?remove", begin.Cookie()), app.GetAsync("/?key=b", begin.Cookie()));

        Assert.Equal(["b"], SessionDocument.Parse((await TheOnly(store)).Payload).Keys);
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
            store: store);

        using var response = await app.GetAsync("/first");

        var end = SessionDocument.Parse((await TheOnly(store)).Payload);
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
                        await session.RegenerateAsync(keepData: true);
                        break;
                }
            },
            store: store);
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
    }

    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    public async Task Of_parallel_requests_that_move_a_session_to_a_new_id_one_does_and_the_others_are_told(int requests)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/begin")
                {
                    session.Set("user", "u");
                    return;
                }

                try
                {
                    await session.RegenerateAsync(keepData: true);
                }
                catch (SessionNotFoundException)
                {
                    context.Response.StatusCode = 409;
                }
            },
            store: store);
        using var begin = await app.GetAsync("/begin");
        using var barrier = new Barrier(requests);
        store.AfterGet = barrier.WaitAsync;

        var responses = await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => app.GetAsync("/renew", begin.Cookie())));

        var successor = Assert.Single(responses, static response => (int)response.StatusCode == 200);
        Assert.Equal(requests - 1, responses.Count(static response => (int)response.StatusCode == 409 && response.SetCookie() is null));
        Assert.NotEqual(begin.Cookie(), successor.Cookie());
        Assert.Equal(["user"], SessionDocument.Parse((await TheOnly(store)).Payload).Keys);
        foreach (var response in responses)
        {
            response.Dispose();
        }
    }

    [Theory]
    [InlineData("read before the move, acts before the answer")]
    [InlineData("read before the move, acts after the answer")]
    [InlineData("read after the move")]
    public async Task A_sign_out_with_the_old_id_ends_a_session_that_a_parallel_request_moves_to_a_new_id(string signOut)
    {
        using var store = new RecordingStore();
        var hasRead = new TaskCompletionSource();
        var moved = new TaskCompletionSource();
        var answered = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                switch (context.Request.Path.Value)
                {
                    case "/begin":
                        session.Set("user", "u");
                        break;
                    case "/renew":
                        await session.RegenerateAsync(keepData: true);
                        session.Set("renewed", true);
                        moved.SetResult();
                        await (signOut.EndsWith("before the answer", StringComparison.Ordinal) ? ended.Task : Task.CompletedTask);
                        break;
                    case "/sign-out":
                        hasRead.SetResult();
                        await moved.Task;
                        await (signOut.EndsWith("after the answer", StringComparison.Ordinal) ? answered.Task : Task.CompletedTask);
                        await session.DestroyAsync();
                        ended.SetResult();
                        break;
                }
            },
            store: store);
        using var begin = await app.GetAsync("/begin");

        Task<HttpResponseMessage> ending;
        HttpResponseMessage renewed;
        if (signOut == "read after the move")
        {
            renewed = await app.GetAsync("/renew", begin.Cookie());
            ending = app.GetAsync("/sign-out", begin.Cookie());
        }
        else
        {
            ending = app.GetAsync("/sign-out", begin.Cookie());
            await hasRead.Task;
            renewed = await app.GetAsync("/renew", begin.Cookie());
            answered.SetResult();
        }

        using var response = await ending;
        Assert.Equal((200, 200), ((int)response.StatusCode, (int)renewed.StatusCode));
        Assert.Equal(signOut.EndsWith("before the answer", StringComparison.Ordinal), renewed.SetCookie() is null);
        renewed.Dispose();
        await foreach (var entry in store.Inner.AllAsync())
        {
            Assert.DoesNotContain("user", SessionDocument.Parse(entry.Record.Payload).Keys);
        }
    }

    [Fact]
    public async Task The_old_id_of_a_moved_session_opens_nothing_and_shows_nothing()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/begin")
                {
                    session.Set("user", "u");
                }
                else if (context.Request.Path == "/renew")
                {
                    await session.RegenerateAsync(keepData: true);
                }

                await context.Response.WriteAsync(string.Join(',', session.Keys));
            },
            store: store);
        using var begin = await app.GetAsync("/begin");
        using var renewed = await app.GetAsync("/renew", begin.Cookie());
        using var old = await app.GetAsync("/", begin.Cookie());
        using var current = await app.GetAsync("/", renewed.Cookie());

        Assert.Equal(("", "user"), (await old.BodyAsync(), await current.BodyAsync()));
        var newSid = Uri.UnescapeDataString(renewed.Cookie()).Split("s:")[1].Split('.')[0];
        var oldSid = Uri.UnescapeDataString(begin.Cookie()).Split("s:")[1].Split('.')[0];
        var mark = System.Text.Encoding.UTF8.GetString((await store.Inner.GetAsync(oldSid))!.Payload.Span);
        Assert.DoesNotContain(newSid, mark, StringComparison.Ordinal);
        Assert.DoesNotContain("user", mark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_moves_to_a_new_id_takes_along_what_a_parallel_request_has_just_saved()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                session.Set(context.Request.Path.Value![1..], 1);
                if (context.Request.Path == "/renew")
                {
                    await session.RegenerateAsync(keepData: true);
                }
            },
            store: store);
        using var begin = await app.GetAsync("/begin");
        var first = true;
        store.Before = async call =>
        {
            if (call == "set" && first)
            {
                first = false;
                using var other = await app.GetAsync("/other", begin.Cookie());
            }
        };

        using var renewed = await app.GetAsync("/renew", begin.Cookie());

        Assert.Equal(["begin", "other", "renew"], SessionDocument.Parse((await TheOnly(store)).Payload).Keys.Order());
    }

    [Fact]
    public async Task The_last_write_wins_where_the_option_says_so()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(AddKey, static options => options.ParallelWrites = SessionParallelWrites.LastWriteWins, store);
        using var begin = await app.GetAsync("/?key=begin");
        using var barrier = new Barrier(2);
        store.AfterGet = barrier.WaitAsync;

        await Task.WhenAll(app.GetAsync("/?key=a", begin.Cookie()), app.GetAsync("/?key=b", begin.Cookie()));

        Assert.Equal(2, SessionDocument.Parse((await TheOnly(store)).Payload).Keys.Count);
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
        Assert.Equal(["victim"], SessionDocument.Parse((await TheOnly(store)).Payload).Keys);
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

    private static async Task<SessionRecord> TheOnly(RecordingStore store)
    {
        var records = new List<SessionRecord>();
        await foreach (var entry in store.Inner.AllAsync())
        {
            // What stays under an old id for a while is no session.
            if (!SessionDocument.Parse(entry.Record.Payload).TryGetJson("__moved", out _))
            {
                records.Add(entry.Record);
            }
        }

        return Assert.Single(records);
    }

    /// <summary>Holds the first reads until as many have read as are expected; later ones, when a request reads again to merge, pass.</summary>
    private sealed class Barrier(int expected) : IDisposable
    {
        private readonly SemaphoreSlim _open = new(0);
        private int _arrived;

        public async Task WaitAsync()
        {
            var place = Interlocked.Increment(ref _arrived);
            if (place == expected)
            {
                _open.Release(expected);
            }

            if (place <= expected)
            {
                await _open.WaitAsync();
            }
        }

        public void Dispose() => _open.Dispose();
    }
}
