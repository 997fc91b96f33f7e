using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Http;

/// <summary>A failed save can still change the response, of which no byte was sent.</summary>
public sealed class FailedSaveTests
{
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
                await WaysToSend.SendAsync(context, file);
            },
            store: store
        );
        using var counters = new CounterCapture(app);
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        foreach (var way in WaysToSend.All)
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

    private static Task CountAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        session.Set("n", session.Get<int>("n") + 1);
        return context.Response.WriteAsync($"{session.Get<int>("n")}");
    }
}
