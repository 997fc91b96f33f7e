namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>How long the session of a persistent sign-in lives, and when the absolute timeout begins.</summary>
public sealed class PersistentTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task A_persistent_sign_in_survives_the_end_of_the_browser_and_another_one_does_not()
    {
        await using var site = await _shop.StartAsync();
        var (persistent, other) = (_shop.NewBrowser(site), _shop.NewBrowser(site));
        await persistent.TextAsync("/sign-in?user=ada&persistent=true");
        await other.TextAsync("/sign-in?user=ada");

        persistent.Restart();
        other.Restart();
        _shop.Time.Advance(TimeSpan.FromDays(13));

        Assert.Equal(("ada", "-"), (await persistent.TextAsync("/me"), await other.TextAsync("/me")));
    }

    [Fact]
    public async Task A_sign_in_that_is_no_longer_persistent_ends_with_the_browser()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada&persistent=true");
        await browser.TextAsync("/sign-in?user=ada");

        Assert.Null(browser.ExpiryOf(Shop.Session));
        browser.Restart();

        Assert.Equal("-", await browser.TextAsync("/me"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_idle_timeout_that_is_shorter_than_the_ticket_ends_no_persistent_sign_in_that_is_used(bool rolling)
    {
        _shop.Options = options => (options.IdleTimeout, options.Rolling) = (TimeSpan.FromHours(1), rolling);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada&persistent=true");
        for (var used = 0; used < 4; used++)
        {
            _shop.Time.Advance(TimeSpan.FromMinutes(50));
            Assert.Equal("ada", await browser.TextAsync("/me"));
        }

        browser.Restart();
        Assert.Equal(rolling ? "ada" : "-", await browser.TextAsync("/me"));
        _shop.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("-", await browser.TextAsync("/me"));
    }

    [Fact]
    public async Task A_persistent_sign_in_with_a_rolling_cookie_does_not_exceed_the_idle_timeout()
    {
        _shop.Options = static options => (options.IdleTimeout, options.Rolling) = (TimeSpan.FromHours(1), true);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);

        await browser.TextAsync("/sign-in?user=ada&persistent=true");

        Assert.Equal(Shop.Start + TimeSpan.FromHours(1), browser.ExpiryOf(Shop.Session));
        _shop.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("-", await browser.TextAsync("/me"));
    }

    [Fact]
    public async Task A_lifetime_that_the_options_give_the_sessions_cookie_stays()
    {
        _shop.Options = static options => options.Cookie.MaxAge = TimeSpan.FromMinutes(30);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);

        await browser.TextAsync("/sign-in?user=ada&persistent=true");

        Assert.Equal(Shop.Start + TimeSpan.FromMinutes(30), browser.ExpiryOf(Shop.Session));
    }

    [Fact]
    public async Task A_sign_in_restarts_the_absolute_timeout_and_ends_with_it()
    {
        _shop.Options = static options =>
            (options.IdleTimeout, options.AbsoluteTimeout) = (TimeSpan.FromHours(2), TimeSpan.FromHours(3));
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        _shop.Time.Advance(TimeSpan.FromHours(1.5));
        await browser.TextAsync("/sign-in?user=ada");
        foreach (var _ in Enumerable.Range(0, 2))
        {
            _shop.Time.Advance(TimeSpan.FromHours(1));
            Assert.Equal("ada", await browser.TextAsync("/me"));
        }

        _shop.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("-", await browser.TextAsync("/me"));
    }
}
