using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>Tickets in records of their own: two lifetimes.</summary>
public sealed class SeparateTicketTests : IDisposable
{
    private readonly Shop _shop = new() { Keep = static authentication => authentication.KeepTicketsInSessionStore() };

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task The_session_and_the_sign_in_end_each_for_itself()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        await browser.TextAsync("/cart?add=a");

        await browser.TextAsync("/destroy");
        Assert.Equal(("ada", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));

        await browser.TextAsync("/cart?add=b");
        await browser.TextAsync("/sign-out");
        Assert.Equal(("-", "b"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
    }

    [Fact]
    public async Task The_record_of_a_ticket_has_its_expiry_and_ends_with_it()
    {
        _shop.Cookie = static options => options.ExpireTimeSpan = TimeSpan.FromDays(90);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada&persistent=true");

        Assert.Equal(Shop.Start + TimeSpan.FromDays(90), (await _shop.Store.TheOnlySessionAsync()).Expires);
        _shop.Time.Advance(TimeSpan.FromDays(89));
        Assert.Equal("ada", await browser.TextAsync("/me"));
        _shop.Time.Advance(TimeSpan.FromDays(90) + TimeSpan.FromSeconds(1));

        Assert.Equal("-", await browser.TextAsync("/me"));
        Assert.Equal(0, await _shop.Store.Inner.LengthAsync());
    }

    [Fact]
    public async Task A_sign_in_changes_the_key_so_that_former_copies_of_the_cookie_are_worthless()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        var first = browser.Copy();

        await browser.TextAsync("/sign-in?user=bob");

        Assert.Equal(("bob", "-"), (await browser.TextAsync("/me"), await first.TextAsync("/me")));
        Assert.Equal(1, await _shop.Store.Inner.LengthAsync());
    }

    [Theory]
    [InlineData("in out", "-", 0)]
    [InlineData("out in", "bob", 1)]
    [InlineData("in in", "bob", 1)]
    [InlineData("out in out", "-", 0)]
    [InlineData("in out in", "bob", 1)]
    public async Task Several_sign_ins_and_sign_outs_in_one_request_leave_one_ticket_at_most(string calls, string user, int records)
    {
        _shop.Endpoints = app =>
            app.MapGet("/many", async (HttpContext context) =>
            {
                foreach (var call in calls.Split(' '))
                {
                    await (call == "in" ? context.SignInAsync(Shop.User("bob")) : context.SignOutAsync());
                }
            });
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        var copy = browser.Copy();

        await browser.TextAsync("/many");

        Assert.Equal((user, "-"), (await browser.TextAsync("/me"), await copy.TextAsync("/me")));
        Assert.Equal(records, await _shop.Store.Inner.LengthAsync());
    }

    [Fact]
    public async Task A_sign_out_on_one_instance_makes_copies_of_the_cookie_worthless_on_another()
    {
        await using var site = await _shop.StartAsync();
        await using var other = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        var copy = browser.Copy();
        Assert.Equal("ada", await copy.On(other).TextAsync("/me"));

        await browser.TextAsync("/sign-out");

        Assert.Equal("-", await copy.On(other).TextAsync("/me"));
    }

    [Fact]
    public async Task An_expired_ticket_is_removed_and_a_sign_in_in_that_request_has_a_new_one()
    {
        _shop.Cookie = static options => options.ExpireTimeSpan = TimeSpan.FromMinutes(30);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Time.Advance(TimeSpan.FromMinutes(31));

        await browser.TextAsync("/sign-in?user=ada");

        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Fact]
    public async Task A_ticket_that_cannot_be_prolonged_leaves_the_page_as_it_is()
    {
        _shop.Cookie = static options => options.ExpireTimeSpan = TimeSpan.FromMinutes(60);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Time.Advance(TimeSpan.FromMinutes(31));
        _shop.Store.Before = static call => call == "set" ? throw new TimeoutException("Away.") : Task.CompletedTask;

        Assert.Equal("ada", await browser.TextAsync("/me"));

        _shop.Store.Before = static _ => Task.CompletedTask;
        Assert.Equal("ada", await browser.TextAsync("/me"));
        _shop.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Fact]
    public async Task At_rest_there_is_no_claim_and_with_hashed_ids_no_key()
    {
        _shop.Options = static options =>
            (options.Protection.HashIds, options.Protection.Key) = (
                true,
                Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(static n => (byte)n)])
            );
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);

        await browser.TextAsync("/sign-in?user=ada-lovelace");

        Assert.Equal("ada-lovelace", await browser.TextAsync("/me"));
        await foreach (var entry in _shop.Store.Inner.AllAsync())
        {
            Assert.DoesNotContain("ticket", entry.Sid, StringComparison.Ordinal);
            Assert.DoesNotContain("ada", Encoding.UTF8.GetString(entry.Record.Payload.Span), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_store_without_compare_and_set_keeps_and_prolongs_tickets_too()
    {
        using var shop = new Shop();
        using var plain = new Shop
        {
            OtherStore = new PlainStore(shop.Store),
            Keep = _shop.Keep,
            Cookie = static options => options.ExpireTimeSpan = TimeSpan.FromMinutes(60),
        };
        await using var site = await plain.StartAsync();
        var browser = plain.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        foreach (var _ in Enumerable.Range(0, 3))
        {
            plain.Time.Advance(TimeSpan.FromMinutes(31));
            Assert.Equal("ada", await browser.TextAsync("/me"));
        }

        var copy = browser.Copy();
        await browser.TextAsync("/sign-out");

        Assert.Equal("-", await copy.TextAsync("/me"));
    }
}
