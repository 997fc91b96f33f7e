using System.Text;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Tests.Http;

/// <summary>Names that the library keeps things under inside a session, and what Node writes under them or beside them.</summary>
public sealed class ReservedNameTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly MemorySessionStore _store;

    public ReservedNameTests() => _store = new MemorySessionStore(new MemorySessionStoreOptions(), _time);

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("__moved")]
    [InlineData("__created")]
    [InlineData("__tickets")]
    [InlineData("__login")]
    [InlineData("__carry")]
    [InlineData("__import")]
    [InlineData("__lastAccess")]
    [InlineData("cookie")]
    public async Task A_name_that_belongs_to_the_library_is_refused_and_what_else_is_set_is_kept(string name)
    {
        await using var app = await StartAsync(async context =>
        {
            var session = context.GetServerSession();
            if (context.Request.Path == "/set")
            {
                session.Set("user", "ada");
                foreach (
                    var change in (Action[])
                        [() => session.Set(name, "x"), () => session.SetJson(name, "\"x\""u8), () => session.Remove(name)]
                )
                {
                    Assert.Contains(
                        $"\"{name}\" is reserved",
                        Assert.ThrowsAny<ArgumentException>(change).Message,
                        StringComparison.Ordinal
                    );
                }
            }

            await context.Response.WriteAsync(string.Join(',', session.Keys));
        });

        using var set = await app.GetAsync("/set");
        using var read = await app.GetAsync("/", set.Cookie());

        Assert.Equal(("user", "user"), (await set.BodyAsync(), await read.BodyAsync()));
    }

    [Theory]
    [InlineData("sealed")]
    [InlineData("__sid")]
    [InlineData("__proto__")]
    [InlineData("Cookie")]
    [InlineData("")]
    public async Task Any_other_name_comes_back(string name)
    {
        await using var app = await StartAsync(context =>
        {
            var session = context.GetServerSession();
            if (context.Request.Path == "/set")
            {
                session.Set(name, "x");
            }

            return context.Response.WriteAsync(session.Get<string>(name) ?? "absent");
        });

        using var set = await app.GetAsync("/set");
        using var read = await app.GetAsync("/", set.Cookie());

        Assert.Equal("x", await read.BodyAsync());
    }

    [Theory]
    [InlineData("\"2099-01-01T00:00:00.000Z\"")]
    [InlineData("\"2026-03-01T12:00:00.001Z\"")]
    [InlineData("\"soon\"")]
    [InlineData("7")]
    public async Task A_beginning_that_lies_in_the_future_or_is_none_counts_as_now(string created)
    {
        await using var app = await StartAsync(
            static context => context.Response.WriteAsync(context.GetServerSession().Get<string>("user") ?? "nobody"),
            static options => (options.GenerateSid, options.AbsoluteTimeout) = (static _ => "sid", TimeSpan.FromHours(1))
        );
        await _store.SetAsync(
            "sid",
            Record(
                $$"""{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"user":"ada","__created":{{created}}}"""
            )
        );

        var cookie = Signed("sid");
        for (var minute = 0; minute < 60; minute++)
        {
            using var alive = await app.GetAsync("/", cookie);
            Assert.Equal("ada", await alive.BodyAsync());
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        using var over = await app.GetAsync("/", cookie);
        Assert.Equal("nobody", await over.BodyAsync());
    }

    [Fact]
    public async Task A_mark_that_Node_has_made_a_session_of_is_that_session_and_a_sign_out_ends_it_and_the_one_that_moved()
    {
        await using var app = await StartAsync(HandleAsync, NamedIds);
        foreach (var door in (string[])["/sign-out", "/reload-and-sign-out", "/unset"])
        {
            var old = await GrowAsync(app);
            using var read = await app.GetAsync("/", old);
            Assert.Equal("bob user 1", await read.BodyAsync());

            // What .NET changes of it does not hide from a later sign-out what was there before.
            using var changed = await app.GetAsync("/set", old);
            Assert.Equal(200, (int)changed.StatusCode);
            using var ended = await app.GetAsync(door, old);

            Assert.Equal(200, (int)ended.StatusCode);
            Assert.Empty(await _store.AllAsync().ToListAsync());
        }
    }

    [Fact]
    public async Task A_session_that_grew_out_of_a_mark_moves_on_without_it_and_its_sign_out_leaves_the_other_alone()
    {
        await using var app = await StartAsync(HandleAsync, NamedIds);
        var old = await GrowAsync(app);

        using var renewed = await app.GetAsync("/renew?id=third", old);
        using var read = await app.GetAsync("/", renewed.Cookie());
        Assert.Equal("bob user 1", await read.BodyAsync());
        Assert.Equal(["user"], SessionDocument.Parse((await _store.GetAsync("third"))!.Payload).Keys);

        using var ended = await app.GetAsync("/sign-out", renewed.Cookie());
        Assert.Null(await _store.GetAsync("third"));
        Assert.NotNull(await _store.GetAsync("second"));
    }

    [Fact]
    public async Task A_mark_that_Node_only_touches_opens_nothing()
    {
        await using var app = await StartAsync(HandleAsync, NamedIds);
        using var begin = await app.GetAsync("/set?id=first");
        using var renewed = await app.GetAsync("/renew?id=second", begin.Cookie());
        var mark = (await _store.GetAsync("first"))!;
        await _store.SetAsync("first", new SessionRecord(mark.Payload.Span, Start + TimeSpan.FromDays(1)));
        _time.Advance(TimeSpan.FromMinutes(10));

        using var read = await app.GetAsync("/?id=other", begin.Cookie());

        Assert.Equal("nobody  0", await read.BodyAsync());
    }

    [Fact]
    public async Task A_session_that_grew_out_of_a_mark_and_was_emptied_here_stays_a_session_and_its_sign_out_ends_the_one_that_moved()
    {
        await using var app = await StartAsync(HandleAsync, NamedIds);
        var old = await GrowAsync(app);

        using var emptied = await app.GetAsync("/empty", old);
        using var read = await app.GetAsync("/is-new", old);
        Assert.Equal("False 0", await read.BodyAsync());
        using var ended = await app.GetAsync("/sign-out", old);

        Assert.Empty(await _store.AllAsync().ToListAsync());
    }

    [Theory]
    [InlineData("__moved")]
    [InlineData("__created")]
    [InlineData("__import")]
    [InlineData("__lastAccess")]
    public async Task With_AllowReservedKeys_the_names_are_keys_like_any_other_as_in_express_session(string name)
    {
        await using var app = await StartAsync(
            context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/set")
                {
                    session.Set(name, "x");
                }
                else if (context.Request.Path == "/remove")
                {
                    Assert.True(session.Remove(name));
                }

                return context.Response.WriteAsync(
                    $"{session.IsNew} {string.Join(',', session.Keys)} {session.Count} {session.Get<string>(name)}"
                );
            },
            static options => options.AllowReservedKeys = true
        );

        using var set = await app.GetAsync("/set");
        using var read = await app.GetAsync("/", set.Cookie());
        using var removed = await app.GetAsync("/remove", set.Cookie());
        using var emptied = await app.GetAsync("/", set.Cookie());

        Assert.Equal(
            [$"True {name} 1 x", $"False {name} 1 x", "False  0 ", "False  0 "],
            [await set.BodyAsync(), await read.BodyAsync(), await removed.BodyAsync(), await emptied.BodyAsync()]
        );
    }

    [Fact]
    public async Task With_AllowReservedKeys_what_a_moved_session_leaves_is_no_session_and_a_key_of_the_application_moves_along()
    {
        await using var app = await StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/set")
                {
                    session.Set("__moved", "mine");
                }
                else if (context.Request.Path == "/renew")
                {
                    await session.RenewIdAsync();
                }

                await context.Response.WriteAsync($"{session.IsNew} {session.Get<string>("__moved")}");
            },
            static options =>
            {
                NamedIds(options);
                options.AllowReservedKeys = true;
            }
        );

        using var begin = await app.GetAsync("/set?id=first");
        using var renewed = await app.GetAsync("/renew?id=second", begin.Cookie());
        using var moved = await app.GetAsync("/", renewed.Cookie());
        using var left = await app.GetAsync("/?id=third", begin.Cookie());

        Assert.Equal(("False mine", "True "), (await moved.BodyAsync(), await left.BodyAsync()));
    }

    [Fact]
    public async Task AllowReservedKeys_together_with_AbsoluteTimeout_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(async () =>
            await StartAsync(
                static _ => Task.CompletedTask,
                static options => (options.AllowReservedKeys, options.AbsoluteTimeout) = (true, TimeSpan.FromHours(1))
            )
        );

        Assert.Contains("AllowReservedKeys", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    /// <summary>A session is renewed with its data, and Node signs a user in under the old id.</summary>
    private async Task<string> GrowAsync(TestApp app)
    {
        using var begin = await app.GetAsync("/set?id=first");
        using var renewed = await app.GetAsync("/renew?id=second", begin.Cookie());
        Assert.Equal("ada user 1", await renewed.BodyAsync());
        var mark = (await _store.GetAsync("first"))!;

        // As express-session writes it back, with a new end.
        var grown = SessionDocument.Parse(mark.Payload);
        grown.SetJson("user", "\"bob\""u8.ToArray());
        await _store.SetAsync("first", new SessionRecord(grown.ToPayload(), Start + TimeSpan.FromHours(5)));
        _time.Advance(TimeSpan.FromMinutes(6));
        return begin.Cookie();
    }

    private static async Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Request.Path.Value)
        {
            case "/set":
                session.Set("user", session.Get<string>("user") ?? "ada");
                break;
            case "/renew":
                await session.RenewIdAsync();
                break;
            case "/reload-and-sign-out":
                await session.ReloadAsync();
                await session.DestroyAsync();
                return;
            case "/sign-out":
                await session.DestroyAsync();
                return;
            case "/empty":
                session.Remove("user");
                break;
            case "/is-new":
                await context.Response.WriteAsync($"{session.IsNew} {session.Count}");
                return;
            case "/unset":
                context.UnsetServerSession();
                return;
        }

        await context.Response.WriteAsync($"{session.Get<string>("user") ?? "nobody"} {string.Join(',', session.Keys)} {session.Count}");
    }

    private static void NamedIds(ServerSessionOptions options)
    {
        options.GenerateSid = static context => context.Request.Query["id"].ToString() is { Length: > 0 } id ? id : "any";
        options.Unset = SessionUnset.Destroy;
    }

    private static SessionRecord Record(string payload) => new(Encoding.UTF8.GetBytes(payload), null);

    private static string Signed(string sid)
    {
        var signature = Convert
            .ToBase64String(
                System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(TestApp.Secret), Encoding.UTF8.GetBytes(sid))
            )
            .TrimEnd('=');
        return $"{SessionCookieOptions.DefaultName}=" + Uri.EscapeDataString($"s:{sid}.{signature}");
    }

    private Task<TestApp> StartAsync(RequestDelegate handler, Action<ServerSessionOptions>? options = null) =>
        TestApp.StartAsync(handler, options, _store, time: _time);
}
