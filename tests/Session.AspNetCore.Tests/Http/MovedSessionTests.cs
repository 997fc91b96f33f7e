using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>A session that is given a new id with its data, while other requests work with it.</summary>
public sealed class MovedSessionTests
{
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
                    await session.GiveAsync(context.Request.Path == "/sign-in" ? NewId.SignedIn : NewId.Renewed);
                }
                catch (SessionNotFoundException)
                {
                    context.Response.StatusCode = 409;
                }
            },
            store: store
        );
        using var begin = await app.GetAsync("/begin");
        using var barrier = new Barrier(requests);
        store.AfterGet = barrier.WaitAsync;

        var responses = await Task.WhenAll(
            Enumerable.Range(0, requests).Select(i => app.GetAsync(i % 2 == 0 ? "/sign-in" : "/renew", begin.Cookie()))
        );

        var successor = Assert.Single(responses, static response => (int)response.StatusCode == 200);
        Assert.Equal(requests - 1, responses.Count(static response => (int)response.StatusCode == 409 && response.SetCookie() is null));
        Assert.NotEqual(begin.Cookie(), successor.Cookie());
        Assert.Equal(["user"], SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload).Keys);
        foreach (var response in responses)
        {
            response.Dispose();
        }
    }

    [Theory]
    [InlineData("read before the move, acts before the answer", NewId.Renewed)]
    [InlineData("read before the move, acts after the answer", NewId.Renewed)]
    [InlineData("read after the move", NewId.Renewed)]
    [InlineData("read before the move, acts before the answer", NewId.SignedIn)]
    [InlineData("read before the move, acts after the answer", NewId.SignedIn)]
    [InlineData("read after the move", NewId.SignedIn)]
    public async Task A_sign_out_with_the_old_id_ends_a_session_that_a_parallel_request_moves_to_a_new_id(string signOut, NewId how)
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
                        await session.GiveAsync(how);
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
            store: store
        );
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
                    await session.RenewIdAsync();
                }

                await context.Response.WriteAsync(string.Join(',', session.Keys));
            },
            store: store
        );
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
    public async Task The_mark_under_the_old_id_leads_a_sign_out_to_the_new_one_for_five_minutes_and_not_an_instant_longer()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        foreach (
            var (passed, isLeft) in ((TimeSpan, bool)[])
                [(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1), false), (TimeSpan.FromMinutes(5), true)]
        )
        {
            using var store = new RecordingStore(time);
            await using var app = await TestApp.StartAsync(
                ActAsync,
                store: store,
                time: time
            );
            using var begin = await app.GetAsync("/begin");
            using var renewed = await app.GetAsync("/renew", begin.Cookie());
            var oldSid = Uri.UnescapeDataString(begin.Cookie()).Split("s:")[1].Split('.')[0];
            Assert.Equal(time.GetUtcNow() + TimeSpan.FromMinutes(5), (await store.Inner.GetAsync(oldSid))!.Expires);

            time.Advance(passed);
            using var ended = await app.GetAsync("/sign-out", begin.Cookie());

            var newSid = Uri.UnescapeDataString(renewed.Cookie()).Split("s:")[1].Split('.')[0];
            Assert.Equal(isLeft, await store.Inner.GetAsync(newSid) is not null);
        }
    }

    [Fact]
    public async Task The_mark_has_its_five_minutes_although_the_move_has_waited_for_a_writer_in_front()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var store = new RecordingStore(time, boundsCalls: true);
        var (inFront, behind, go) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await TestApp.StartAsync(
            context =>
            {
                // It runs until it waits: for its turn.
                var acting = ActAsync(context);
                if (context.Request.Path == "/renew")
                {
                    behind.SetResult();
                }

                return acting;
            },
            store: store,
            time: time
        );
        using var begin = await app.GetAsync("/begin");
        var isFirst = true;
        store.Before = async call =>
        {
            if (call == "set" && isFirst)
            {
                isFirst = false;
                inFront.SetResult();
                await go.Task;
            }
        };
        var writing = app.GetAsync("/write", begin.Cookie());
        await inFront.Task;
        var renewing = app.GetAsync("/renew", begin.Cookie());
        await behind.Task;
        time.Advance(TimeSpan.FromMinutes(5));
        go.SetResult();
        using var written = await writing;
        using var renewed = await renewing;
        using var ended = await app.GetAsync("/sign-out", begin.Cookie());

        Assert.Equal((200, 200), ((int)written.StatusCode, (int)renewed.StatusCode));
        Assert.NotNull(renewed.SetCookie());
        await foreach (var entry in store.Inner.AllAsync())
        {
            Assert.DoesNotContain("user", SessionDocument.Parse(entry.Record.Payload).Keys);
        }
    }

    [Fact]
    public async Task A_sign_out_with_an_id_that_was_left_without_its_data_ends_nothing()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/sign-out")
                {
                    await session.DestroyAsync();
                    return;
                }

                if (context.Request.Path == "/sign-in")
                {
                    await session.RegenerateAsync();
                }

                session.Set("user", "u");
            },
            store: store
        );
        using var planted = await app.GetAsync("/begin");
        using var signedIn = await app.GetAsync("/sign-in", planted.Cookie());

        using var ended = await app.GetAsync("/sign-out", planted.Cookie());

        Assert.Equal(["user"], SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload).Keys);
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
                    await session.RenewIdAsync();
                }
            },
            store: store
        );
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

        Assert.Equal(["begin", "other", "renew"], SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload).Keys.Order());
    }

    private static async Task ActAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Request.Path.Value)
        {
            case "/begin":
                session.Set("user", "u");
                break;
            case "/write":
                session.Set("note", 1);
                break;
            case "/renew":
                await session.RenewIdAsync();
                break;
            case "/sign-out":
                await session.DestroyAsync();
                break;
        }
    }
}
