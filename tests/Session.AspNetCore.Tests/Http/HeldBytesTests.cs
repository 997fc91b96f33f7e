using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Http;

/// <summary>Room in the response's pipe that the application took before the session was committed, and writes to after that.</summary>
public sealed class HeldBytesTests
{
    [Theory]
    [InlineData("", "start")]
    [InlineData("", "flush")]
    [InlineData("0", "start")]
    [InlineData("0", "flush")]
    [InlineData("0", "body")]
    public async Task What_is_written_into_room_that_was_taken_before_the_commit_is_sent_in_its_place(string before, string how)
    {
        await using var app = await TestApp.StartAsync(async context =>
        {
            context.GetServerSession().Set("n", 1);
            var writer = context.Response.BodyWriter;
            writer.Write(System.Text.Encoding.ASCII.GetBytes(before));
            var room = writer.GetMemory(5000);
            await (
                how switch
                {
                    "start" => context.Response.StartAsync(),
                    "flush" => context.Response.Body.FlushAsync(),
                    _ => context.Response.Body.WriteAsync("1"u8.ToArray()).AsTask(),
                }
            );

            "2"u8.CopyTo(room.Span);
            writer.Advance(1);
            await context.Response.WriteAsync("3");
        });

        using var response = await app.GetAsync();

        Assert.Equal($"{before}{(how == "body" ? "1" : "")}23", await response.BodyAsync());
        Assert.NotNull(response.SetCookie());
    }

    [Fact]
    public async Task What_is_written_into_such_room_after_a_failed_commit_is_in_no_response()
    {
        using var store = new RecordingStore();
        store.Before = static call => call == "set" ? throw new IOException("the backend is away") : Task.CompletedTask;
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                context.GetServerSession().Set("n", 1);
                var writer = context.Response.BodyWriter;
                var room = writer.GetMemory(5000);
                var failure = await Record.ExceptionAsync(() => context.Response.StartAsync());
                "signed in"u8.CopyTo(room.Span);
                writer.Advance(9);
                throw failure!;
            },
            store: store
        );

        using var response = await app.GetAsync();

        Assert.Equal(503, (int)response.StatusCode);
        Assert.DoesNotContain("signed in", await response.BodyAsync(), StringComparison.Ordinal);
    }
}
