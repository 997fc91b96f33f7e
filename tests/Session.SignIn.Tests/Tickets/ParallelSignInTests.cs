using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>Sign-ins and sign-outs of one browser at once, on two instances.</summary>
public sealed class ParallelSignInTests : IDisposable
{
    private readonly Shop _shop = new();
    private readonly Gate _gate = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Of_two_sign_ins_at_once_with_one_session_both_succeed_and_one_gets_the_cart()
    {
        await using var site = await StartAsync();
        await using var other = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        var (slow, quick) = (browser.Copy(), browser.Copy().On(other));

        var waiting = slow.TextAsync("/slow-sign-in");
        await _gate.Arrived;
        await quick.TextAsync("/sign-in?user=ada");
        _gate.Open();
        await waiting;

        Assert.Equal(("ada", "ada"), (await slow.TextAsync("/me"), await quick.TextAsync("/me")));
        Assert.Equal(("-", "a"), (await slow.TextAsync("/cart"), await quick.TextAsync("/cart")));
    }

    [Fact]
    public async Task A_sign_in_whose_session_another_request_ends_begins_with_nothing_of_it()
    {
        await using var site = await StartAsync();
        await using var other = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");

        var waiting = browser.TextAsync("/slow-sign-in");
        await _gate.Arrived;
        await browser.Copy().On(other).TextAsync("/destroy");
        _gate.Open();
        await waiting;

        Assert.Equal(("ada", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
    }

    [Fact]
    public async Task A_slow_request_that_changes_the_session_does_not_undo_a_sign_out()
    {
        await using var site = await StartAsync();
        await using var other = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        var copy = browser.Copy();

        var waiting = browser.Copy().TextAsync("/slow-cart");
        await _gate.Arrived;
        await browser.On(other).TextAsync("/sign-out");
        _gate.Open();
        await waiting;

        Assert.Equal(("-", "-"), (await copy.TextAsync("/me"), await copy.On(other).TextAsync("/cart")));
    }

    [Fact]
    public async Task A_sign_out_ends_the_session_that_a_parallel_sign_in_has_just_moved_to_a_new_id()
    {
        await using var site = await StartAsync();
        await using var other = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        var again = browser.Copy();

        var waiting = browser.TextAsync("/slow-sign-out");
        await _gate.Arrived;
        await again.On(other).TextAsync("/sign-in?user=ada");
        _gate.Open();
        await waiting;

        Assert.Equal(("-", "-"), (await browser.TextAsync("/me"), await again.TextAsync("/me")));
    }

    private Task<Site> StartAsync()
    {
        _shop.Endpoints = app =>
        {
            app.MapGet("/slow-sign-in", async (HttpContext context) =>
            {
                await _gate.PassAsync();
                await context.SignInAsync(Shop.User("ada"));
            });
            app.MapGet("/slow-sign-out", async (HttpContext context) =>
            {
                await _gate.PassAsync();
                await context.SignOutAsync();
            });
            app.MapGet("/slow-cart", async (ServerSession session) =>
            {
                session.Set("cart", "late");
                await _gate.PassAsync();
            });
        };
        return _shop.StartAsync();
    }
}
