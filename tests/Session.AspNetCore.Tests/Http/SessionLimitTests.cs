using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>What one session may hold, at each door through which it is stored.</summary>
public sealed class SessionLimitTests : IDisposable
{
    private const int Most = 4096;

    private readonly RecordingStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_value_that_is_too_large_by_itself_is_refused_when_it_is_set_and_nothing_is_stored()
    {
        await using var app = await StartAsync(static context =>
        {
            var session = context.GetServerSession();
            session.Set("fits", new string('x', Most - 2 - 8));
            foreach (
                var set in (Action[])
                    [
                        () => session.Set("note", new string('x', Most - 1)),
                        () => session.SetJson("note", new byte[Most + 1].Fill((byte)'1')),
                    ]
            )
            {
                var refusal = Assert.Throws<SessionLimitException>(set);
                Assert.Equal(("MaxSessionBytes", Most, Most + 1), (refusal.Option, refusal.Limit, refusal.Actual));
                Assert.Contains("4097 bytes", refusal.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("xxx", refusal.Message, StringComparison.Ordinal);
            }

            return context.Response.WriteAsync(string.Join(',', session.Keys));
        });

        using var response = await app.GetAsync();

        Assert.Equal("fits", await response.BodyAsync());
        Assert.Equal(["set"], _store.Calls);
    }

    [Theory]
    [InlineData("/commit", "with a body")]
    [InlineData("/commit", "")]
    [InlineData("/save", "")]
    [InlineData("/renew", "")]
    [InlineData("/new-id", "")]
    [InlineData("/renew", "", SessionParallelWrites.LastWriteWins)]
    public async Task A_session_that_grows_too_large_is_the_applications_error_and_stays_as_it_was(
        string door,
        string body,
        SessionParallelWrites writes = SessionParallelWrites.Merge
    )
    {
        Exception? thrown = null;
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/begin")
                {
                    session.Set("n", 1);
                    return;
                }

                if (door == "/new-id")
                {
                    await session.RegenerateAsync();
                }

                for (var i = 0; i < 5; i++)
                {
                    session.Set($"part{i}", new string('x', 1000));
                }

                switch (door)
                {
                    case "/save":
                        await session.SaveAsync();
                        break;
                    case "/renew":
                        await session.RenewIdAsync();
                        break;
                }

                await context.Response.WriteAsync(body);
            },
            options => (options.MaxSessionBytes, options.ParallelWrites) = (Most, writes),
            _store,
            before: application =>
                application.Use(
                    async (context, next) =>
                    {
                        try
                        {
                            await next(context);
                        }
                        catch (Exception failure)
                        {
                            thrown = failure;
                            context.Response.StatusCode = 500;
                        }
                    }
                )
        );
        using var begin = await app.GetAsync("/begin");
        _store.Forget();

        using var response = await app.GetAsync(door, begin.Cookie());

        var refusal = Assert.IsType<SessionLimitException>(thrown);
        Assert.Equal((500, null), ((int)response.StatusCode, response.SetCookie()));
        Assert.Equal(("MaxSessionBytes", Most), (refusal.Option, refusal.Limit));
        Assert.DoesNotContain("part0", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("set", _store.Calls);
        if (door != "/new-id")
        {
            Assert.Equal(["n"], SessionDocument.Parse((await _store.TheOnlySessionAsync()).Payload).Keys);
        }
    }

    [Fact]
    public async Task A_key_too_many_and_a_key_too_long_are_refused_when_they_are_set()
    {
        await using var app = await StartAsync(
            static context =>
            {
                var session = context.GetServerSession();
                session.Set("a", 1);
                session.Set(new string('k', 10), 1);
                var tooMany = Assert.Throws<SessionLimitException>(() => session.Set("c", 1));
                session.Set("a", 2);
                Assert.True(session.Remove("a"));
                var tooLong = Assert.Throws<SessionLimitException>(() => session.Set(new string('x', 11), 1));
                session.Set("c", 3);
                Assert.DoesNotContain("xxx", tooLong.Message, StringComparison.Ordinal);
                return context.Response.WriteAsync(
                    $"{tooMany.Option} {tooMany.Limit} {tooMany.Actual} {tooLong.Option} {tooLong.Limit} {tooLong.Actual} {session.Count}"
                );
            },
            static options => (options.MaxKeys, options.MaxKeyLength, options.AbsoluteTimeout) = (2, 10, TimeSpan.FromHours(1))
        );

        using var response = await app.GetAsync();

        Assert.Equal("MaxKeys 2 3 MaxKeyLength 10 11 2", await response.BodyAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_parallel_requests_add_up_to_is_refused_past_a_limit(bool areKeys)
    {
        await using var app = await StartAsync(
            context =>
            {
                context.GetServerSession().Set(context.Request.Path.Value![1..], new string('x', areKeys ? 1 : 2500));
                return Task.CompletedTask;
            },
            options => options.MaxKeys = areKeys ? 2 : 100
        );
        using var begin = await app.GetAsync(areKeys ? "/a" : "/b");
        using var barrier = new Barrier(2);
        _store.AfterGet = barrier.WaitAsync;

        var responses = await Task.WhenAll(app.GetAsync("/b1", begin.Cookie()), app.GetAsync("/b2", begin.Cookie()));

        if (areKeys)
        {
            Assert.Equal([200, 500], responses.Select(static response => (int)response.StatusCode).Order());
        }
        else
        {
            Assert.All(responses, static response => Assert.Equal(500, (int)response.StatusCode));
        }

        Assert.Equal(areKeys ? 2 : 1, SessionDocument.Parse((await _store.TheOnlySessionAsync()).Payload).Count);
    }

    [Theory]
    [InlineData(false, SessionParallelWrites.Merge)]
    [InlineData(true, SessionParallelWrites.Merge)]
    [InlineData(true, SessionParallelWrites.LastWriteWins)]
    public async Task What_Node_wrote_past_the_limits_is_read_touched_shrunk_moved_and_ended_but_does_not_grow(
        bool encrypted,
        SessionParallelWrites writes
    )
    {
        var values = new Dictionary<string, string>
        {
            [new string('k', 300)] = new string('x', 3000),
            ["large"] = new string('y', 9000),
            ["c"] = "1",
            ["d"] = "2",
        };
        await using var app = await StartAsync(
            context =>
            {
                var session = context.GetServerSession();
                switch (context.Request.Path.Value)
                {
                    case "/begin":
                        foreach (var (key, value) in values)
                        {
                            session.Set(key, value);
                        }

                        break;
                    case "/same":
                        session.Set("c", "9");
                        session.Set(new string('k', 300), new string('z', 3000));
                        break;
                    case "/shrink":
                        session.Set("large", new string('y', 8000));
                        break;
                    case "/grow":
                        session.Set("c", "10");
                        break;
                    case "/add":
                        Assert.Throws<SessionLimitException>(() => session.Set("e", 1));
                        Assert.Throws<SessionLimitException>(() => session.Set("large", new string('y', 9001)));
                        break;
                    case "/renew":
                        return session.RenewIdAsync().AsTask();
                    case "/sign-out":
                        return session.DestroyAsync().AsTask();
                }

                return context.Response.WriteAsync($"{session.Count} {session.Get<string>("large")?.Length}");
            },
            options =>
                (options.MaxKeys, options.MaxKeyLength, options.AbsoluteTimeout, options.ParallelWrites) = (
                    3,
                    10,
                    TimeSpan.FromHours(1),
                    writes
                ),
            encrypted
        );
        await using var unlimited = await StartAsync(
            context =>
            {
                foreach (var (key, value) in values)
                {
                    context.GetServerSession().Set(key, value);
                }

                return Task.CompletedTask;
            },
            static options => (options.MaxKeys, options.MaxKeyLength, options.MaxSessionBytes) = (int.MaxValue, int.MaxValue, int.MaxValue),
            encrypted
        );
        using var begin = await unlimited.GetAsync();

        foreach (
            var (path, status, body) in ((string, int, string)[])
                [
                    ("/", 200, "4 9000"),
                    ("/same", 200, "4 9000"),
                    ("/add", 200, "4 9000"),
                    ("/grow", 500, ""),
                    ("/shrink", 200, "4 8000"),
                    ("/", 200, "4 8000"),
                ]
        )
        {
            using var response = await app.GetAsync(path, begin.Cookie());
            Assert.Equal((path, status, body), (path, (int)response.StatusCode, await response.BodyAsync()));
        }

        using var renewed = await app.GetAsync("/renew", begin.Cookie());
        using var moved = await app.GetAsync("/", renewed.Cookie());
        using var ended = await app.GetAsync("/sign-out", renewed.Cookie());
        using var after = await app.GetAsync("/", renewed.Cookie());
        Assert.Equal(
            (200, "4 8000", 200, "0 "),
            ((int)renewed.StatusCode, await moved.BodyAsync(), (int)ended.StatusCode, await after.BodyAsync())
        );
    }

    [Theory]
    [InlineData("MaxSessionBytes")]
    [InlineData("MaxKeys")]
    [InlineData("MaxKeyLength")]
    public async Task A_limit_out_of_its_range_is_refused_at_start(string option)
    {
        var refusal = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            TestApp.StartAsync(
                static _ => Task.CompletedTask,
                options =>
                {
                    options.MaxSessionBytes = option == "MaxSessionBytes" ? 1023 : 1024;
                    options.MaxKeys = option == "MaxKeys" ? 0 : 1;
                    options.MaxKeyLength = option == "MaxKeyLength" ? 0 : 1;
                },
                _store
            )
        );

        Assert.Single(refusal.Failures);
        Assert.Contains($"ServerSessionOptions.{option} must be", refusal.Message, StringComparison.Ordinal);
    }

    private static string Key { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private Task<TestApp> StartAsync(RequestDelegate handler, Action<ServerSessionOptions>? options = null, bool encrypted = false) =>
        TestApp.StartAsync(
            handler,
            set =>
            {
                set.MaxSessionBytes = Most;
                if (encrypted)
                {
                    set.Protection.Key = Key;
                }

                options?.Invoke(set);
            },
            _store
        );
}

internal static class Bytes
{
    public static byte[] Fill(this byte[] bytes, byte value)
    {
        bytes.AsSpan().Fill(value);
        return bytes;
    }
}
