using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>
/// A session is saved before the first byte of the response, regardless of how it is written, and a failure can still change the response.
/// </summary>
public sealed class FirstByteTests
{
    private static readonly string[] Ways =
    [
        "/stream",
        "/array",
        "/flush",
        "/pipe",
        "/pipe-buffer",
        "/pipe-unflushed",
        "/start",
        "/complete",
        "/file",
        "/json",
        "/synchronous",
    ];

    private static readonly SessionStoreException Trouble = new(
        "The backend is in trouble.",
        SessionStoreOperation.Get,
        "Test",
        isTransient: true
    );

    [Fact]
    public async Task A_failed_save_is_an_exception_of_the_applications_first_write_which_can_still_answer_otherwise()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                try
                {
                    context.Response.Headers.ContentLength = 1;
                    await CountAsync(context);
                }
                catch (SessionStoreException failure) when (!context.Response.HasStarted)
                {
                    context.Response.Clear();
                    context.Response.StatusCode = 507;
                    await context.Response.WriteAsync(failure.Message);
                }
            },
            store: store
        );
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        using var response = await app.GetAsync();

        Assert.Equal((507, "The backend is in trouble."), ((int)response.StatusCode, await response.BodyAsync()));
        Assert.Null(response.SetCookie());
        Assert.Equal(["set"], store.Calls);
    }

    [Fact]
    public async Task An_application_that_swallows_the_failure_gets_nothing_out_as_if_all_were_well()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                try
                {
                    await CountAsync(context);
                }
                catch (SessionStoreException)
                {
                    // Goes on as if nothing had happened.
                }

                await context.Response.WriteAsync("all is well");
            },
            store: store
        );
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        using var response = await app.GetAsync();

        Assert.Equal(503, (int)response.StatusCode);
        Assert.DoesNotContain("all is well", await response.BodyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_answer_had_begun_to_say_is_gone_with_its_headers()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.Response.Headers["X-Signed-In"] = "yes";
                context.Response.Redirect("/welcome");
                context.GetServerSession().Set("user", "u");
                return Task.CompletedTask;
            },
            store: store
        );
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        using var response = await app.GetAsync();

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Null(response.Headers.Location);
        Assert.False(response.Headers.Contains("X-Signed-In"));
    }

    [Fact]
    public async Task Callbacks_before_the_headers_can_still_write_to_the_session()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                session.Set("first", 1);
                context.Response.OnStarting(() =>
                {
                    session.Set("late", 2);
                    session.Cookie.MaxAge = TimeSpan.FromHours(1);
                    return Task.CompletedTask;
                });
                await context.Response.WriteAsync("body");
            },
            store: store
        );

        using var response = await app.GetAsync();

        var stored = await store.Inner.AllAsync().SingleAsync();
        Assert.Equal(["first", "late"], SessionDocument.Parse(stored.Record.Payload).Keys);
        Assert.Contains("Expires=", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_way_to_send_bytes_saves_first()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "body");
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                context.GetServerSession().Set("way", context.Request.Path.Value);
                await SendAsync(context, file);
                Assert.True(
                    context.Request.Path == "/pipe-unflushed" || (await store.Inner.LengthAsync() == 1 && context.Response.HasStarted)
                );
            },
            store: store
        );

        foreach (var way in Ways)
        {
            store.Forget();
            using var response = await app.GetAsync(way);
            Assert.Equal((way, 200, "body"), (way, (int)response.StatusCode, (await response.BodyAsync()).Trim('"')));
            Assert.NotNull(response.SetCookie());
            Assert.Equal(["set"], store.Calls);
            await store.Inner.ClearAsync();
        }

        File.Delete(file);
    }

    [Fact]
    public async Task A_session_that_changes_after_synchronous_bytes_is_stored_and_the_rest_of_the_body_is_sent()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
                context.GetServerSession().Set("n", 1);
#pragma warning disable CA1849, RS0030, VSTHRD103 // What blocking code does.
                context.Response.Body.Write("one, "u8);
                context.Response.Body.Flush();
#pragma warning restore CA1849, RS0030, VSTHRD103
                context.GetServerSession().Set("n", 2);
                await context.Response.WriteAsync("two");
            },
            store: store
        );

        using var response = await app.GetAsync();

        Assert.Equal("one, two", await response.BodyAsync());
        Assert.NotNull(response.SetCookie());
        Assert.Contains("\"n\":2", Encoding.UTF8.GetString((await store.TheOnlySessionAsync()).Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_laid_into_the_response_before_it_was_saved_is_sent_in_the_order_in_which_it_was_written()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                context.GetServerSession().Set("way", context.Request.Path.Value);
                context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
                var writer = context.Response.BodyWriter;
                for (var piece = 0; piece < 3; piece++)
                {
                    var size = 3000 * (piece + 1);
                    writer.GetSpan(size)[..size].Fill((byte)('a' + piece));
                    writer.Advance(size);
                }

                Assert.Equal(18_000, writer.UnflushedBytes);
                switch (context.Request.Path.Value)
                {
                    case "/stream":
                        await context.Response.Body.WriteAsync("end"u8.ToArray());
                        break;
                    case "/synchronous":
                        context.Response.Body.Write("end"u8);
                        break;
                    case "/pipe":
                        await writer.WriteAsync("end"u8.ToArray());
                        break;
                    case "/unflushed":
                        "end"u8.CopyTo(writer.GetSpan(3));
                        writer.Advance(3);
                        break;
                    case "/text":
                        await context.Response.WriteAsync("end");
                        break;
                    case "/complete":
                        "end"u8.CopyTo(writer.GetSpan(3));
                        writer.Advance(3);
                        await writer.CompleteAsync();
                        break;
                }
            },
            store: store
        );
        var expected = new string('a', 3000) + new string('b', 6000) + new string('c', 9000) + "end";

        foreach (var way in (string[])["/stream", "/synchronous", "/pipe", "/unflushed", "/text", "/complete"])
        {
            using var response = await app.GetAsync(way);
            Assert.Equal((way, 200, expected), (way, (int)response.StatusCode, await response.BodyAsync()));
            Assert.NotNull(response.SetCookie());
        }
    }

    [Fact]
    public async Task Of_a_response_that_could_not_be_sent_nothing_stands_in_front_of_the_one_that_the_application_sends_instead()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                context.GetServerSession().Set("n", 1);
                try
                {
                    await context.Response.WriteAsJsonAsync(new[] { "all", "is", "well" });
                }
                catch (SessionStoreException)
                {
                    context.Response.Clear();
                    context.Response.StatusCode = 507;
                    await context.Response.WriteAsJsonAsync(new[] { "try", "again" });
                }
            },
            store: store
        );
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        using var response = await app.GetAsync();

        Assert.Equal((507, """["try","again"]"""), ((int)response.StatusCode, await response.BodyAsync()));
    }

    [Fact]
    public async Task Whichever_way_bytes_are_sent_a_failed_save_is_a_503_without_them_and_without_a_cookie()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "body");
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                context.GetServerSession().Set("way", context.Request.Path.Value);
                await SendAsync(context, file);
            },
            store: store
        );
        using var counters = new CounterCapture(app);
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        foreach (var way in Ways)
        {
            store.Forget();
            counters.Forget();
            using var response = await app.GetAsync(way);

            // A synchronous write fails in the server's callback before the headers, for which the server has a status of its own.
            Assert.Equal((way, way == "/synchronous" ? 500 : 503), (way, (int)response.StatusCode));
            Assert.DoesNotContain("body", await response.BodyAsync(), StringComparison.Ordinal);
            Assert.Single(counters.Lines);
            Assert.Null(response.SetCookie());
            Assert.Equal(["set"], store.Calls);
        }

        File.Delete(file);
    }

    /// <summary>
    /// Sends <c>body</c>, or for <c>/pipe-unflushed</c> leaves it to the end of the request, in the way that the path names.
    /// </summary>
    private static async Task SendAsync(HttpContext context, string file)
    {
        var body = "body"u8.ToArray();
        switch (context.Request.Path.Value)
        {
            case "/stream":
                await context.Response.Body.WriteAsync(body);
                break;
            case "/array":
#pragma warning disable CA1835 // The overload is what this way is about.
                await context.Response.Body.WriteAsync(body, 0, 4);
#pragma warning restore CA1835
                break;
            case "/flush":
                await context.Response.Body.FlushAsync();
                await context.Response.Body.WriteAsync(body);
                break;
            case "/pipe":
                await context.Response.BodyWriter.WriteAsync(body);
                break;
            case "/pipe-buffer":
                body.CopyTo(context.Response.BodyWriter.GetSpan(4));
                context.Response.BodyWriter.Advance(4);
                await context.Response.BodyWriter.FlushAsync();
                break;
            case "/pipe-unflushed":
                body.CopyTo(context.Response.BodyWriter.GetMemory(4));
                context.Response.BodyWriter.Advance(4);
                break;
            case "/start":
                await context.Response.StartAsync();
                await context.Response.WriteAsync("body");
                break;
            case "/complete":
                await context.Response.WriteAsync("body");
                await context.Response.CompleteAsync();
                break;
            case "/file":
                await context.Response.SendFileAsync(file);
                break;
            case "/json":
                await context.Response.WriteAsJsonAsync("body");
                break;
            case "/synchronous":
                context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
                context.Response.Body.Write(body);
                break;
        }
    }

    private static Task CountAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        session.Set("n", session.Get<int>("n") + 1);
        return context.Response.WriteAsync($"{session.Get<int>("n")}");
    }
}
