using System.Net;
using System.Text.RegularExpressions;

namespace ServerSessions.SignIn.Tests.Sample;

/// <summary>The sample works as its page says.</summary>
public sealed partial class SampleTests
{
    [Fact]
    public async Task The_cart_stays_at_the_sign_in_and_ends_with_the_sign_out()
    {
        await using var sample = await SampleProcess.StartAsync();
        var cookies = new CookieContainer();
        using var browser = NewBrowser(sample, cookies);

        Assert.Contains("Nothing yet.", await GetAsync(browser, "/"), StringComparison.Ordinal);
        Assert.Contains("<p id=\"cart\">Assam</p>", await PostAsync(browser, "/", "/", ("tea", "Assam")), StringComparison.Ordinal);
        var wrong = await PostAsync(browser, "/Login", "/Login", ("user", "ada"), ("password", "wrong"));
        Assert.Contains("User or password is wrong.", wrong, StringComparison.Ordinal);

        var signedIn = await PostAsync(browser, "/Login", "/Login", ("user", "ada"), ("password", "Correct-horse-1"));
        Assert.Contains("Signed in as ada", signedIn, StringComparison.Ordinal);
        Assert.Contains("<p id=\"cart\">Assam</p>", signedIn, StringComparison.Ordinal);
        Assert.Contains("Hello, ada", await GetAsync(browser, "/Account"), StringComparison.Ordinal);

        var copied = new CookieContainer();
        copied.Add(sample.Address, cookies.GetCookies(sample.Address));
        using var copy = NewBrowser(sample, copied);
        Assert.Contains("Hello, ada", await GetAsync(copy, "/Account"), StringComparison.Ordinal);

        var signedOut = await PostAsync(browser, "/", "/Logout");
        Assert.Contains("Not signed in", signedOut, StringComparison.Ordinal);
        Assert.Contains("Nothing yet.", signedOut, StringComparison.Ordinal);
        Assert.Contains("<h1>Sign in</h1>", await GetAsync(copy, "/Account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_controller_takes_the_session_and_the_user_and_its_order_ends_with_the_sign_out()
    {
        await using var sample = await SampleProcess.StartAsync();
        using var browser = NewBrowser(sample, new CookieContainer());
        await PostAsync(browser, "/", "/", ("tea", "Assam"));
        await PostAsync(browser, "/", "/", ("tea", "Sencha"));

        Assert.Contains("<h1>Sign in</h1>", await GetAsync(browser, "/orders"), StringComparison.Ordinal);
        var orders = await PostAsync(browser, "/Login", "/Login?returnUrl=/orders", ("user", "ada"), ("password", "Correct-horse-1"));
        Assert.Contains("<h1>Your orders</h1>", orders, StringComparison.Ordinal);
        Assert.Contains(
            "<p class=\"order\">Assam, Sencha</p>",
            await PostAsync(browser, "/orders", "/orders"),
            StringComparison.Ordinal
        );
        Assert.Contains("Nothing yet.", await GetAsync(browser, "/"), StringComparison.Ordinal);

        await PostAsync(browser, "/", "/Logout");
        await PostAsync(browser, "/Login", "/Login", ("user", "ada"), ("password", "Correct-horse-1"));
        Assert.DoesNotContain("class=\"order\"", await GetAsync(browser, "/orders"), StringComparison.Ordinal);
    }

    private static HttpClient NewBrowser(SampleProcess sample, CookieContainer cookies) =>
        new(new SocketsHttpHandler { CookieContainer = cookies }, disposeHandler: true) { BaseAddress = sample.Address };

    private static async Task<string> GetAsync(HttpClient browser, string path)
    {
        using var response = await browser.GetAsync(new Uri(path, UriKind.Relative)).WithinBoundAsync($"the page {path}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Sends the form of a page, with the token that the page has for it.</summary>
    private static async Task<string> PostAsync(HttpClient browser, string page, string path, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await GetAsync(browser, page)).Groups[1].Value;
        using var form = new FormUrlEncodedContent(
            fields.Append(("__RequestVerificationToken", token)).Select(static field => KeyValuePair.Create(field.Item1, field.Item2))
        );
        using var response = await browser.PostAsync(new Uri(path, UriKind.Relative), form).WithinBoundAsync($"the response to {path}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
