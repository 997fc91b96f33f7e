namespace Demo.Tests;

/// <summary>An application that was written for <c>AddSession()</c>, before and after its move: one source but for two lines.</summary>
public sealed class FromAddSessionTests
{
    [Theory]
    [InlineData("FromAddSessionBefore")]
    [InlineData("FromAddSession")]
    public async Task The_same_source_behaves_the_same_with_AddSession_and_with_AddServerSessions(string program)
    {
        await using var sample = await SampleProcess.StartAsync(program);
        using var browser = new Browser(sample.Address);

        Assert.Equal("Hello visitor", await browser.GetAsync("/"));
        Assert.Null(browser.Cookie);

        await browser.PostAsync("/sign-in/Zoë");
        var id = await browser.GetAsync("/session-id");
        Assert.True(Guid.TryParseExact(id, "D", out _));
        Assert.Equal("Hello Zoë", await browser.GetAsync("/"));

        Assert.Equal(["1", "2", "1"], [await Add("tea"), await Add("tea"), await Add("milk")]);
        Assert.Equal("true", await browser.PostAsync("/cart-saved-at-once/bread"));
        Assert.Equal("bread: 1, milk: 1, tea: 2", await browser.GetAsync("/cart"));
        using (await browser.SendAsync(HttpMethod.Delete, "/cart/milk")) { }
        Assert.Equal("bread: 1, tea: 2", await browser.GetAsync("/cart"));

        Assert.Equal("no profile", await browser.GetAsync("/profile"));
        Assert.Equal("Saved: Zoë, 36, 3 bytes", await browser.PostAsync("/profile", ("name", "Zoë"), ("age", "36")));
        Assert.Equal("Zoë, 36, 3 bytes", await browser.GetAsync("/profile"));
        Assert.Equal(id, await browser.GetAsync("/session-id"));

        await browser.PostAsync("/sign-out");
        Assert.Equal(("Hello visitor", ""), (await browser.GetAsync("/"), await browser.GetAsync("/cart")));

        Task<string> Add(string item) => browser.PostAsync($"/cart/{item}");
    }
}
