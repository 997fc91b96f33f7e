using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>
/// The ticket is asked for in front of the session middleware: <c>WebApplication</c> adds authentication there, unless the application
/// calls it itself.
/// </summary>
public sealed class MiddlewareOrderTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    public static TheoryData<string> Orders => ["sessions first", "authentication first", "added by WebApplication"];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task One_read_of_the_session_serves_authentication_and_the_application(string order)
    {
        await using var site = await StartAsync(order);
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Store.Forget();

        Assert.Equal("ada", await browser.TextAsync("/me"));
        Assert.Equal(["get", "touch"], _shop.Store.Calls);

        _shop.Store.Forget();
        Assert.Equal("ab", await browser.TextAsync("/cart?add=b"));
        Assert.Equal(["get", "set"], _shop.Store.Calls);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Sign_in_and_sign_out_work(string order)
    {
        await using var site = await StartAsync(order);
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        var before = browser.Copy();

        await browser.TextAsync("/sign-in?user=ada");
        var signedIn = browser.Copy();
        Assert.Equal(("ada", "a"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
        Assert.Equal("-", await before.TextAsync("/cart"));
        await browser.TextAsync("/sign-out");

        Assert.Equal(("-", "-"), (await browser.TextAsync("/me"), await signedIn.TextAsync("/me")));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_ticket_is_prolonged_with_and_without_a_response_body(string order)
    {
        _shop.Cookie = static options => options.ExpireTimeSpan = TimeSpan.FromMinutes(60);
        _shop.Options = static options => options.IdleTimeout = TimeSpan.FromDays(1);
        _shop.Endpoints = static app => app.MapGet("/empty", static () => Results.NoContent());
        await using var site = await StartAsync(order);
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        foreach (var path in (string[])["/empty", "/me", "/empty"])
        {
            _shop.Time.Advance(TimeSpan.FromMinutes(31));
            using var response = await browser.GetAsync(path);
            Assert.True(response.IsSuccessStatusCode);
        }

        _shop.Time.Advance(TimeSpan.FromMinutes(59));

        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Fact]
    public async Task A_sign_in_that_authentication_itself_sends_the_response_for_is_stored()
    {
        _shop.Pipeline = static app =>
        {
            app.UseAuthentication();
            app.Use(static async (context, next) =>
            {
                if (context.Request.Path == "/callback")
                {
                    // As a remote sign-in does: nothing behind it runs.
                    await context.SignInAsync(Shop.User("ada"));
                    return;
                }

                await next(context);
            });
            app.UseServerSessions();
        };
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");

        await browser.TextAsync("/callback");

        Assert.Equal(("ada", "a"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_session_that_cannot_be_read_is_an_error_and_never_a_redirect_to_the_login(string order)
    {
        _shop.Others = static authentication => authentication.Services.AddAuthorization();
        _shop.Endpoints = static app => app.MapGet("/secret", static () => "secret").RequireAuthorization();
        await using var site = await StartAsync(order, authorization: true);
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        Assert.Equal("secret", await browser.TextAsync("/secret"));
        _shop.Store.Before = static call => call == "get" ? throw new TimeoutException("Away.") : Task.CompletedTask;

        if (order == "sessions first")
        {
            using var response = await browser.GetAsync("/secret");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }
        else
        {
            // The server's 500.
            await Assert.ThrowsAnyAsync<SessionStoreException>(() => browser.GetAsync("/secret"));
        }

        _shop.Store.Before = static _ => Task.CompletedTask;
        Assert.Equal("secret", await browser.TextAsync("/secret"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task With_Continue_a_request_whose_session_cannot_be_read_has_no_user_and_knows_why(string order)
    {
        _shop.Options = static options => options.WhenLoadFails = SessionFailureBehavior.Continue;
        _shop.Endpoints = static app =>
            app.MapGet("/why", static (HttpContext context) =>
                $"{context.User.Identity?.Name ?? "-"} {context.GetServerSessionFailure()?.InnerException?.Message}"
            );
        await using var site = await StartAsync(order);
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Store.Before = static call => call == "get" ? throw new TimeoutException("Away.") : Task.CompletedTask;

        Assert.Equal("- Away.", await browser.TextAsync("/why"));
        await Assert.ThrowsAsync<ServerSessionUnavailableException>(() => browser.GetAsync("/sign-out"));

        _shop.Store.Before = static _ => Task.CompletedTask;
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_request_without_an_authentication_cookie_reads_no_ticket(string order)
    {
        await using var site = await StartAsync(order);

        Assert.Equal("-", await _shop.NewBrowser(site).TextAsync("/me"));

        Assert.Empty(_shop.Store.Calls);
    }


    private Task<Site> StartAsync(string order, bool authorization = false)
    {
        _shop.Pipeline = app =>
        {
            switch (order)
            {
                case "sessions first":
                    app.UseServerSessions().UseAuthentication();
                    break;
                case "authentication first":
                    app.UseAuthentication().UseServerSessions();
                    break;
                default:
                    app.UseServerSessions();
                    break;
            }

            if (authorization && order != "added by WebApplication")
            {
                app.UseAuthorization();
            }
        };
        return _shop.StartAsync();
    }
}
