using System.Net;
using System.Text.RegularExpressions;
using PuppeteerSharp;
using ServerSessions.SignIn.Tests.Sample;
using ServerSessions.Tests;

namespace ServerSessions.Blazor.Tests.Sample;

/// <summary>The sample works as its pages say: over HTTP, and in a browser.</summary>
public sealed partial class SampleTests
{
    private const string Total = "document.querySelector('#total').textContent";

    [Fact]
    public async Task The_static_pages_work_over_HTTP_from_the_name_to_the_sign_out()
    {
        await using var sample = await SampleProcess.StartAsync();
        using var cookies = new SocketsHttpHandler { CookieContainer = new CookieContainer() };
        using var browser = new HttpClient(cookies) { BaseAddress = sample.Address };

        Assert.Contains("""<span id="name">visitor</span>""", await GetAsync(browser, "/"), StringComparison.Ordinal);
        var named = await SubmitAsync(browser, "/", "name", ("Name", "Ada"));
        Assert.Contains("""<span id="name">Ada</span>""", named, StringComparison.Ordinal);
        Assert.Contains("<h1>Sign in</h1>", await GetAsync(browser, "/account"), StringComparison.Ordinal);
        Assert.Contains(
            "User or password is wrong.",
            await SubmitAsync(browser, "/sign-in", "sign-in", ("User", "ada"), ("Password", "wrong")),
            StringComparison.Ordinal
        );

        var signedIn = await SubmitAsync(browser, "/sign-in", "sign-in", ("User", "ada"), ("Password", "Correct-horse-1"));
        Assert.Contains("Signed in as ada", signedIn, StringComparison.Ordinal);
        Assert.Contains("""<span id="name">Ada</span>""", await GetAsync(browser, "/"), StringComparison.Ordinal);

        var signedOut = await SubmitAsync(browser, "/account", "sign-out");
        Assert.Contains("Not signed in", signedOut, StringComparison.Ordinal);
        Assert.Contains("""<span id="name">visitor</span>""", signedOut, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cart_of_two_tabs_is_one_and_a_sign_out_in_one_of_them_loads_the_other_again()
    {
        await using var browser = await Chromium.LaunchAsync();
        await using var sample = await SampleProcess.StartAsync();
        await using var first = await OpenCartAsync(browser, sample);
        await using var second = await OpenCartAsync(browser, sample);

        await ClickAsync(first, "[aria-label='One Assam more']");
        await first.WaitForExpressionAsync($"{Total} === '1'").WithinBoundAsync("the first tea");
        await ClickAsync(second, "[aria-label='One Assam more']");
        await ClickAsync(second, "[aria-label='One Sencha more']");
        await second.WaitForExpressionAsync($"{Total} === '3'").WithinBoundAsync("the teas of both tabs");

        await GoAsync(second, sample, "sign-in");
        await second.TypeAsync("#user", "ada");
        await second.TypeAsync("#password", "Correct-horse-1");
        await SubmitAsync(second, "main button");
        await GoAsync(first, sample, "cart");
        await ConnectedAsync(first);
        Assert.Equal("3", await first.EvaluateExpressionAsync<string>(Total));

        var reloaded = first.WaitForNavigationAsync();
        await SubmitAsync(second, "header button");
        await first.BringToFrontAsync();
        await reloaded.WithinBoundAsync("the cart that loads again");
        await ConnectedAsync(first);
        Assert.Equal("0", await first.EvaluateExpressionAsync<string>(Total));
        Assert.Contains("Not signed in", await first.GetContentAsync(), StringComparison.Ordinal);
    }

    private static async Task<IPage> OpenCartAsync(IBrowser browser, SampleProcess sample)
    {
        var page = await browser.NewPageAsync().WithinBoundAsync("a tab");
        await GoAsync(page, sample, "cart");
        await ConnectedAsync(page);
        return page;
    }

    // A tab that is not in front draws nothing, and is not clicked.
    private static async Task GoAsync(IPage page, SampleProcess sample, string path)
    {
        await page.BringToFrontAsync();
        await page.GoToAsync(new Uri(sample.Address, path).ToString()).WithinBoundAsync($"the page {path}");
    }

    private static async Task ConnectedAsync(IPage page) =>
        await page.WaitForExpressionAsync("document.querySelector('.live')?.textContent === 'Connected'").WithinBoundAsync("the circuit");

    private static async Task ClickAsync(IPage page, string button)
    {
        await page.BringToFrontAsync();
        await page.ClickAsync(button).WithinBoundAsync($"a click on {button}");
    }

    private static async Task SubmitAsync(IPage page, string button)
    {
        var loaded = page.WaitForNavigationAsync();
        await ClickAsync(page, button);
        await loaded.WithinBoundAsync("the page after a form");
    }

    private static async Task<string> GetAsync(HttpClient browser, string path)
    {
        using var response = await browser.GetAsync(new Uri(path, UriKind.Relative)).WithinBoundAsync($"the page {path}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Sends the form of a page, with the token that the page has for it.</summary>
    private static async Task<string> SubmitAsync(HttpClient browser, string page, string form, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await GetAsync(browser, page)).Groups[1].Value;
        using var content = new FormUrlEncodedContent(
            fields
                .Append(("__RequestVerificationToken", token))
                .Append(("_handler", form))
                .Select(static field => KeyValuePair.Create(field.Item1, field.Item2))
        );
        using var response = await browser.PostAsync(new Uri(page, UriKind.Relative), content).WithinBoundAsync($"the response to {form}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
