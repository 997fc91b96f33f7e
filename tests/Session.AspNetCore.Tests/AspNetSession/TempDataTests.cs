using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tests.Beside;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>ASP.NET Core's own TempData provider over sessions of this library, in MVC over HTTP.</summary>
public sealed class TempDataTests
{
    [Theory]
    [InlineData("/temp/set", "/temp/read", "Zoë 漢字")]
    [InlineData("/temp/flush", "/temp/read", "before the first byte")]
    [InlineData("/temp/short circuit", "/temp/read", "short-circuited")]
    [InlineData("/temp property/set", "/temp property/read", "in a property")]
    public async Task What_one_request_sets_the_next_one_reads_and_no_other_also_for_a_visitor_without_a_session(
        string set,
        string read,
        string message
    )
    {
        await using var site = await StartAsync();

        using var begun = await site.SendAsync(HttpMethod.Get, set, null);
        var cookie = begun.Cookie();

        Assert.True((int)begun.StatusCode < 400);
        Assert.Equal(message, await site.GetAsync(read, cookie));
        Assert.Equal("nothing", await site.GetAsync(read, cookie));
    }

    [Theory]
    [InlineData("/temp/set", "/temp/read", "Zoë 漢字")]
    [InlineData("/temp/flush", "/temp/read", "before the first byte")]
    [InlineData("/temp/short circuit", "/temp/read", "short-circuited")]
    [InlineData("/temp property/set", "/temp property/read", "in a property")]
    public async Task The_same_for_a_visitor_with_a_session(string set, string read, string message)
    {
        await using var site = await StartAsync();
        var cookie = await site.SignInAsync("ada");

        using var begun = await site.SendAsync(HttpMethod.Get, set, cookie);

        Assert.Null(begun.SetCookie());
        Assert.Equal(message, await site.GetAsync(read, cookie));
        Assert.Equal("nothing", await site.GetAsync(read, cookie));
    }

    [Fact]
    public async Task Peek_Keep_and_a_redirect_keep_it()
    {
        await using var site = await StartAsync();
        using var begun = await site.SendAsync(HttpMethod.Get, "/temp/set", null);
        var cookie = begun.Cookie();

        foreach (var path in (string[])["/temp/peek", "/temp/keep", "/temp/peek"])
        {
            Assert.Equal("Zoë 漢字", await site.GetAsync(path, cookie));
        }

        using var redirected = await site.SendAsync(HttpMethod.Get, "/temp/read and redirect", cookie);
        Assert.Equal(HttpStatusCode.Redirect, redirected.StatusCode);
        Assert.Equal("Zoë 漢字", await site.GetAsync("/temp/read", cookie));
        Assert.Equal("nothing", await site.GetAsync("/temp/read", cookie));
    }

    [Fact]
    public async Task Its_types_come_back()
    {
        await using var site = await StartAsync();
        using var begun = await site.SendAsync(HttpMethod.Get, "/temp/set types", null);

        Assert.Equal(
            "42 True 00112233-4455-6677-8899-aabbccddeeff 2026-03-01T12:00:00.0000000Z a+b b",
            await site.GetAsync("/temp/types", begun.Cookie())
        );
    }

    [Fact]
    public async Task As_with_AddSession_text_that_looks_like_a_GUID_or_a_date_comes_back_as_one_and_a_flash_value_keeps_its_text()
    {
        await using var site = await StartAsync();
        using var begun = await site.SendAsync(HttpMethod.Get, "/temp/set look-alikes", null);

        Assert.Equal("Int32 Guid DateTime null same", await site.GetAsync("/temp/look-alikes", begun.Cookie()));
    }

    [Fact]
    public async Task At_rest_it_is_text_with_JSON_that_Node_can_parse()
    {
        await using var site = await StartAsync();
        using (await site.SendAsync(HttpMethod.Get, "/temp/set", null)) { }

        var payload = (await site.Store.TheOnlySessionAsync()).Payload;

        var text = JsonDocument.Parse(payload).RootElement.GetProperty("__ControllerTempData").GetString()!;
        Assert.Equal("Zoë 漢字", JsonDocument.Parse(text).RootElement.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_request_that_does_not_touch_it_writes_nothing_and_a_visitor_who_only_reads_it_gets_no_session()
    {
        await using var site = await StartAsync();
        using var read = await site.SendAsync(HttpMethod.Get, "/temp/read", null);
        Assert.Null(read.SetCookie());
        Assert.Empty(site.Store.Calls);
        using var begun = await site.SendAsync(HttpMethod.Get, "/temp/set", null);
        site.Store.Forget();

        await site.GetAsync("/temp/untouched", begun.Cookie());

        Assert.Equal(["get", "touch"], site.Store.Calls);
        Assert.Equal("Zoë 漢字", await site.GetAsync("/temp/read", begun.Cookie()));
    }

    [Fact]
    public async Task A_sign_out_that_destroys_the_session_goes_well_in_a_controller_that_has_loaded_it()
    {
        await using var site = await StartAsync();
        var cookie = await site.SignInAsync("ada");

        using var response = await site.SendAsync(HttpMethod.Get, "/temp property/sign out", cookie);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("nothing", await site.GetAsync("/temp property/read", cookie));
    }

    private static Task<SiteOfOthers> StartAsync() =>
        SiteOfOthers.StartAsync(
            static builder =>
                builder
                    .Services.AddControllersWithViews()
                    .AddSessionStateTempDataProvider()
                    .AddApplicationPart(typeof(TempDataController).Assembly),
            static app => app.MapControllers()
        );
}
