using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.AspNetSession;

/// <summary><c>HttpContext.Session</c> after the first byte of the response.</summary>
public sealed class ResponseStartTests
{
    [Fact]
    public async Task A_first_value_after_the_response_has_started_is_refused_and_reading_works()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                await context.Response.WriteAsync("started ");
                await context.Response.Body.FlushAsync();
                var session = context.Session;
                Assert.True(session.IsAvailable);
                Assert.Empty(session.Keys);
                session.Remove("user");
                session.Clear();
                Assert.NotEmpty(session.Id);
                var error = Assert.Throws<InvalidOperationException>(() => session.SetString("user", "ada"));
                await context.Response.WriteAsync(error.Message);
            },
            store: store
        );

        using var response = await app.GetAsync();

        Assert.StartsWith(
            "started The session cannot be established after the response has started",
            await response.BodyAsync(),
            StringComparison.Ordinal
        );
        Assert.Empty(store.Calls);
    }

    [Fact]
    public async Task What_is_set_before_and_after_the_response_has_started_is_kept()
    {
        await using var app = await TestApp.StartAsync(
            Routes.Of(
                (
                    "/set",
                    static async context =>
                    {
                        context.Session.SetString("user", "ada");
                        await context.Response.WriteAsync("started");
                        await context.Response.Body.FlushAsync();
                        context.Session.SetString("after", "1");
                    }
        ),
                (
                    "/set again",
                    static async context =>
                    {
                        await context.Response.WriteAsync("started");
                        await context.Response.Body.FlushAsync();
                        context.Session.SetString("late", "1");
                    }
        ),
                ("/keys", static context => context.Response.WriteAsync(string.Join(' ', context.Session.Keys)))
            )
        );

        using var begun = await app.GetAsync("/set");
        await begun.BodyAsync();
        using var again = await app.GetAsync("/set again", begun.Cookie());
        await again.BodyAsync();
        using var keys = await app.GetAsync("/keys", begun.Cookie());

        Assert.Equal("user after late", await keys.BodyAsync());
    }

    [Fact]
    public async Task A_callback_before_the_headers_begins_a_session_also_after_the_pipeline_has_ended()
    {
        await using var app = await TestApp.StartAsync(
            Routes.Of(
                Routes.Get,
                (
                    "/set",
                    static context =>
                    {
                        context.Response.OnStarting(() =>
                        {
                            context.Session.SetString("user", "ada");
                            return Task.CompletedTask;
                        });
                        return Task.CompletedTask;
                    }
        )
            )
        );

        using var begun = await app.GetAsync("/set");
        using var read = await app.GetAsync("/get", begun.Cookie());

        Assert.Equal("ada", await read.BodyAsync());
    }
}
