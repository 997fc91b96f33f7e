using System.Net;
using System.Text.Json;

namespace ServerSessions.Dashboard.Tests;

/// <summary>What a user sees of the own sessions, and ends.</summary>
public sealed class UserDevicesTests
{
    [Fact]
    public async Task A_user_sees_the_own_devices_and_ends_one_from_the_page()
    {
        await using var app = await DashboardApp.StartAsync();
        using var phone = await app.SignInAsync("ada", "Safari on iPhone", "passkey");
        using var other = await app.SignInAsync("bob", "Edge on Windows");
        app.Time.Advance(TimeSpan.FromMinutes(20));
        using var here = await app.SignInAsync("ada");
        var page = await here.PageAsync("/account/sessions");
        Assert.Contains("This device", page, StringComparison.Ordinal);
        Assert.Contains("Active 20 minutes ago", page, StringComparison.Ordinal);
        Assert.Contains("with passkey", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Edge", page, StringComparison.Ordinal);
        Assert.True(
            page.IndexOf("This device", StringComparison.Ordinal) < page.IndexOf("Safari on iPhone", StringComparison.Ordinal),
            page
        );

        var (_, after) = await here.SubmitAsync(page, "End session on Safari on iPhone");
        Assert.Contains("The session is ended.", after, StringComparison.Ordinal);
        Assert.DoesNotContain("Safari", after, StringComparison.Ordinal);
        using var gone = await phone.GetAsync("/account/sessions");
        Assert.Equal(HttpStatusCode.Unauthorized, gone.StatusCode);

        // The second click of a double click.
        var (_, again) = await here.SubmitAsync(page, "End session on Safari on iPhone");
        Assert.Contains("The session is ended.", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_look_at_the_own_devices_causes_no_warning_of_antiforgery_and_is_not_cached()
    {
        await using var app = await DashboardApp.StartAsync();
        using var here = await app.SignInAsync("ada");
        await here.PageAsync("/account/sessions");
        using var json = await ListAsync(here);
        using var response = await here.GetAsync("/account/sessions");

        Assert.DoesNotContain("headers have been overridden", app.Logs.Text, StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_user_signs_out_everywhere_else()
    {
        await using var app = await DashboardApp.StartAsync();
        using var phone = await app.SignInAsync("ada", "Safari on iPhone");
        using var tablet = await app.SignInAsync("ada", "Chrome on Android");
        using var here = await app.SignInAsync("ada");
        var (_, after) = await here.SubmitAsync(await here.PageAsync("/account/sessions"), "Sign out everywhere else");
        Assert.Contains("You are signed out everywhere else.", after, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign out everywhere else", after, StringComparison.Ordinal);
        Assert.Single((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task A_script_lists_and_ends_sessions_with_the_token_that_the_list_has()
    {
        await using var app = await DashboardApp.StartAsync();
        using var phone = await app.SignInAsync("ada", "Safari on iPhone");
        using var here = await app.SignInAsync("ada");
        using var json = await ListAsync(here);
        var listed = json.RootElement.GetProperty("sessions").EnumerateArray().ToList();
        Assert.Equal([true, false], listed.Select(static one => one.GetProperty("isCurrent").GetBoolean()));
        var url = listed[1].GetProperty("endUrl").GetString()!;

        using var bare = await here.SendAsync(HttpMethod.Delete, url);
        Assert.Equal(HttpStatusCode.BadRequest, bare.StatusCode);
        Assert.Equal(2, (await app.Users.ListAsync("ada")).Sessions.Count);

        var token = TokenOf(json);
        using var ended = await here.SendAsync(HttpMethod.Delete, url, token);
        using var again = await here.SendAsync(HttpMethod.Delete, url, token);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (ended.StatusCode, again.StatusCode));
        Assert.Single((await app.Users.ListAsync("ada")).Sessions);

        using var others = await here.SendAsync(HttpMethod.Delete, json.RootElement.GetProperty("endOthersUrl").GetString()!, token);
        Assert.Equal("""{"ended":0,"failed":0}""", await others.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_handle_of_another_user_is_not_found_as_one_that_never_was()
    {
        await using var app = await DashboardApp.StartAsync();
        using var bob = await app.SignInAsync("bob");
        using var ada = await app.SignInAsync("ada");
        using var ofBob = await ListAsync(bob);
        var url = ofBob.RootElement.GetProperty("sessions")[0].GetProperty("endUrl").GetString()!;
        using var mine = await ListAsync(ada);
        using var foreign = await ada.SendAsync(HttpMethod.Delete, url, TokenOf(mine));
        using var unknown = await ada.SendAsync(HttpMethod.Delete, "/account/sessions/AAAAAAAAAAAAAAAAAAAAAA", TokenOf(mine));
        using var posted = await ada.PostAsync(
            "/account/sessions/end",
            ("handle", url.Split('/', '?')[3]),
            ("__RequestVerificationToken", TokenOf(mine).Value)
        );
        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (foreign.StatusCode, unknown.StatusCode, posted.StatusCode)
        );
        Assert.Single((await app.Users.ListAsync("bob")).Sessions);
    }

    [Fact]
    public async Task To_end_the_session_that_asks_is_to_sign_out()
    {
        await using var app = await DashboardApp.StartAsync();
        using var here = await app.SignInAsync("ada");
        using var json = await ListAsync(here);
        using var ended = await here.SendAsync(
            HttpMethod.Delete,
            json.RootElement.GetProperty("sessions")[0].GetProperty("endUrl").GetString()!,
            TokenOf(json)
        );
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task Ending_needs_a_fresh_sign_in_if_the_options_say_so_and_looking_does_not()
    {
        await using var app = await DashboardApp.StartAsync(devices: static options => options.FreshSignInWithin = TimeSpan.FromMinutes(5));
        using var phone = await app.SignInAsync("ada", "Safari on iPhone");
        using var here = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(6));
        var page = await here.PageAsync("/account/sessions");
        using var one = await here.SendFormAsync(page, "End session on");
        using var others = await here.SendFormAsync(page, "Sign out everywhere else");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (one.StatusCode, others.StatusCode));
        Assert.Equal(2, (await app.Users.ListAsync("ada")).Sessions.Count);

        // A sign-in that was asked for in between returns with GET.
        using var back = await here.GetAsync("/account/sessions/end");
        Assert.Equal("/account/sessions", back.Headers.Location!.ToString());
        using var again = await here.PostAsync("/in", ("user", "ada"), ("key", "cart"), ("method", "password"), ("label", "Firefox"));
        await here.SubmitAsync(await here.PageAsync("/account/sessions"), "End session on");
        Assert.Single((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task An_application_shows_the_list_in_its_own_page_and_words()
    {
        await using var app = await DashboardApp.StartAsync(devices: static options =>
        {
            options.PagePath = "/own?tab=2";
            options.SignOutPath = "/out";
            options.Texts = static _ => new UserSessionTexts { Title = "Deine Geräte", End = "Beenden", EndOf = "Sitzung auf {0} beenden" };
        });
        using var phone = await app.SignInAsync("ada", "Safari on iPhone");
        using var here = await app.SignInAsync("ada");
        var page = await here.PageAsync("/own");
        Assert.Contains("""id="session-devices-title">Deine Geräte</h2>""", page, StringComparison.Ordinal);
        var (path, after) = await here.SubmitAsync(page, "Sitzung auf Safari on iPhone beenden");
        Assert.Equal("/own?tab=2&session-devices=ended", path);
        Assert.Contains("role=\"status\"", after, StringComparison.Ordinal);
        using var signedOut = await here.SendFormAsync(after, "action=\"/out\"");
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal("<h1>Account</h1>", await app.NewBrowser().PageAsync("/own"));
    }

    [Fact]
    public async Task A_store_that_fails_is_a_503_and_not_an_empty_list()
    {
        await using var app = await DashboardApp.StartAsync();
        using var here = await app.SignInAsync("ada");
        ((FaultySessionStore)app.Store.GetSibling("users")).Inject(StoreFault.Fails);
        using var response = await here.GetAsync("/account/sessions");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    private static async Task<JsonDocument> ListAsync(Browser browser)
    {
        using var response = await browser.SendAsync(HttpMethod.Get, "/account/sessions", ("Accept", "application/json"));
        Assert.True(response.Headers.CacheControl!.NoStore);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync());
    }

    private static (string Name, string Value) TokenOf(JsonDocument list)
    {
        var token = list.RootElement.GetProperty("antiforgery");
        return (token.GetProperty("headerName").GetString()!, token.GetProperty("token").GetString()!);
    }
}
