using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Values;

/// <summary>Values that live for one more request.</summary>
public sealed class FlashTests
{
    [Fact]
    public async Task A_value_is_there_until_a_request_has_read_it_and_no_longer()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Flash.Set("notice", new[] { "Saved." }));
        Assert.Equal("""flash.notice=["Saved."]""", await app.StoredAsync());

        using var other = await app.DoAsync(static _ => { });
        using var reader = await app.DoAsync(static session =>
        {
            Assert.Equal(["notice"], session.Flash.Names);
            Assert.Equal(["Saved."], session.Flash.Get<string[]>("notice")!);

            // A page may read it twice.
            Assert.Equal(["Saved."], session.Flash.Get<string[]>("notice")!);
        });
        using var later = await app.DoAsync(static session => Assert.Null(session.Flash.Get<string[]>("notice")));

        Assert.Equal("", await app.StoredAsync());
    }

    [Theory]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(308)]
    [InlineData(503)]
    public async Task A_redirect_and_a_failure_keep_what_was_read_before_them(int status)
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Flash.Set("notice", "Saved."));

        using var redirect = await app.SendAsync(
            (session, context) =>
            {
                Assert.Equal("Saved.", session.Flash.Get<string>("notice"));
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            }
        );

        Assert.Equal(status, (int)redirect.StatusCode);
        using var reader = await app.DoAsync(static session => Assert.Equal("Saved.", session.Flash.Get<string>("notice")));
        Assert.Equal("", await app.StoredAsync());
    }

    [Fact]
    public async Task An_application_that_throws_removes_nothing_that_it_read()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Flash.Set("notice", "Saved."));

        using var failed = await app.SendAsync(
            static (session, _) =>
            {
                session.Flash.Get<string>("notice");
                throw new InvalidOperationException("A bug of the application.");
            }
        );

        Assert.Equal(500, (int)failed.StatusCode);
        using var reader = await app.DoAsync(static session => Assert.Equal("Saved.", session.Flash.Get<string>("notice")));
    }

    [Fact]
    public async Task Values_that_are_looked_at_kept_or_set_again_stay_and_one_set_and_read_at_once_goes()
    {
        await using var app = await ValuesApp.StartAsync(static session =>
        {
            foreach (var name in (string[])["kept", "again", "looked", "gone", "all"])
            {
                session.Flash.Set(name, 1);
            }
        });

        using var reader = await app.DoAsync(static session =>
        {
            session.Flash.Get<int>("all");
            session.Flash.Keep();
            session.Flash.Get<int>("kept");
            session.Flash.Keep("kept");
            session.Flash.Get<int>("again");
            session.Flash.Set("again", 2);
            session.Flash.Peek<int>("looked");
            session.Flash.Get<int>("gone");
            session.Flash.Set("now", 1);
            session.Flash.Get<int>("now");
            Assert.Equal(0, session.Flash.Get<int>("absent"));
        });

        Assert.Equal("flash.again=2 flash.all=1 flash.kept=1 flash.looked=1", await app.StoredAsync());
    }

    [Fact]
    public async Task What_is_set_or_read_after_the_first_byte_is_stored_or_removed_at_the_end()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Flash.Set("notice", "Saved."));

        using var response = await app.SendAsync(
            static async (session, context) =>
            {
                await context.Response.WriteAsync("begun");
                Assert.Equal("Saved.", session.Flash.Get<string>("notice"));
                session.Flash.Set("next", 1);
            }
        );

        Assert.Equal("begun", await response.BodyAsync());
        Assert.Equal("flash.next=1", await app.StoredAsync());
    }

    [Fact]
    public async Task A_value_that_a_parallel_request_sets_after_the_earlier_one_was_read_is_kept()
    {
        await using var app = await ValuesApp.StartAsync(static session =>
        {
            session.Flash.Set("notice", "First.");
            session.Flash.Set("other", 1);
        });

        using var reader = await app.DoAsync(async session =>
        {
            Assert.Equal("First.", session.Flash.Get<string>("notice"));
            session.Flash.Get<int>("other");
            using var writer = await app.DoAsync(static parallel => parallel.Flash.Set("notice", "Second."));
        });

        Assert.Equal("flash.notice=\"Second.\"", await app.StoredAsync());
    }

    [Fact]
    public async Task A_session_that_is_read_again_or_renewed_between_reading_and_commit_loses_nothing_unread()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Flash.Set("notice", "Saved."));

        using var reloaded = await app.DoAsync(static async session =>
        {
            session.Flash.Get<string>("notice");
            await session.ReloadAsync();
        });
        Assert.Equal("flash.notice=\"Saved.\"", await app.StoredAsync());

        using var renewed = await app.DoAsync(static async session =>
        {
            session.Flash.Get<string>("notice");
            await session.RenewForSignInAsync();
        });
        Assert.Equal("", await app.StoredAsync());
    }
}
