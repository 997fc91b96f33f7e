using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>A session is saved before the first byte of the response, regardless of how it is written.</summary>
public sealed class FirstByteTests
{
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
                await WaysToSend.SendAsync(context, file);
                Assert.True(
                    context.Request.Path == "/pipe-unflushed" || (await store.Inner.LengthAsync() == 1 && context.Response.HasStarted)
                );
            },
            store: store
        );

        foreach (var way in WaysToSend.All)
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
                context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
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
}
