using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>Several cookie schemes in one application, their events, and what does not start.</summary>
public sealed class SeveralSchemesTests : IDisposable
{
    private readonly Shop _shop = new();

    public SeveralSchemesTests()
    {
        _shop.Others = static authentication => authentication.AddCookie("Admin");
        _shop.Endpoints = static app =>
        {
            app.MapGet("/admin/in", static (HttpContext context) => context.SignInAsync("Admin", Shop.User("root")));
            app.MapGet("/admin/out", static (HttpContext context) => context.SignOutAsync("Admin"));
            app.MapGet("/admin/me", static async (HttpContext context) =>
                (await context.AuthenticateAsync("Admin")).Principal?.FindFirst("name")?.Value ?? "-"
            );
        };
    }

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Tickets_of_several_schemes_are_side_by_side_in_one_session()
    {
        _shop.Keep = static authentication =>
            authentication
                .KeepTicketsInServerSession()
                .KeepTicketsInServerSession("Admin", static options => options.OwnsSession = false);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        await browser.TextAsync("/admin/in");
        Assert.Equal(("ada", "root"), (await browser.TextAsync("/me"), await browser.TextAsync("/admin/me")));
        var copy = browser.Copy();

        await browser.TextAsync("/admin/out");
        Assert.Equal(("ada", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/admin/me")));
        Assert.Equal("-", await copy.TextAsync("/admin/me"));

        await browser.TextAsync("/admin/in");
        await browser.TextAsync("/sign-out");
        Assert.Equal(("-", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/admin/me")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_session_of_another_name_keeps_the_ticket_of_its_scheme(bool sessionsFirst)
    {
        _shop.Others = static authentication =>
            authentication
                .AddCookie("Admin")
                .Services.AddServerSessions(
                    "admin",
                    static options => (options.Secret, options.Cookie.Name) = ("the secret of admins, long enough for anybody", "admin.sid")
                );
        _shop.Keep = static authentication =>
            authentication
                .KeepTicketsInServerSession()
                .KeepTicketsInServerSession("Admin", static options => options.SessionName = "admin");
        _shop.Pipeline = app =>
        {
            if (sessionsFirst)
            {
                app.UseServerSessions().UseServerSessions("admin").UseAuthentication();
            }
            else
            {
                app.UseAuthentication().UseServerSessions().UseServerSessions("admin");
            }
        };
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        await browser.TextAsync("/admin/in");
        Assert.Equal(("ada", "root"), (await browser.TextAsync("/me"), await browser.TextAsync("/admin/me")));
        var copy = browser.Copy();

        await browser.TextAsync("/admin/out");
        Assert.Equal(("ada", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/admin/me")));
        Assert.Equal("-", await copy.TextAsync("/admin/me"));
    }

    [Fact]
    public async Task A_scheme_that_is_not_named_keeps_its_ticket_in_its_cookie()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        await browser.TextAsync("/admin/in");

        await browser.TextAsync("/sign-out");

        Assert.Equal(("-", "root"), (await browser.TextAsync("/me"), await browser.TextAsync("/admin/me")));
    }

    [Fact]
    public async Task The_key_of_one_scheme_finds_no_ticket_of_another()
    {
        _shop.Keep = static authentication => authentication.KeepTicketsInServerSession("Cookies", "Admin");
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        browser[".AspNetCore.Admin"] = browser[Shop.Ticket];

        Assert.Equal("-", await browser.TextAsync("/admin/me"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_applications_own_events_are_called(bool byType)
    {
        _shop.Others = static authentication => authentication.Services.AddSingleton<Counting>();
        var own = new Counting();
        _shop.Cookie = options =>
        {
            if (byType)
            {
                options.EventsType = typeof(Counting);
            }
            else
            {
                options.Events = own;
            }
        };
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        await browser.TextAsync("/sign-in?user=ada");
        var before = browser.Copy();

        await browser.TextAsync("/sign-in?user=ada");
        await browser.TextAsync("/me");
        await browser.TextAsync("/sign-out");

        var events = byType ? site.Services.GetRequiredService<Counting>() : own;
        Assert.Equal(
            "SigningIn SignedIn Sliding Validate SigningIn SignedIn Sliding Validate Sliding Validate SigningOut",
            string.Join(' ', events.Calls)
        );
        Assert.Equal("-", await before.TextAsync("/me"));
    }

    [Fact]
    public async Task A_scheme_that_cannot_keep_tickets_stops_the_start_with_the_reason()
    {
        Assert.Contains(
            "\"Cookie\" cannot be kept on the server: it is not registered",
            await RefusedAsync(static authentication => authentication.KeepTicketsInServerSession("Cookie")),
            StringComparison.Ordinal
        );
        _shop.Others = static authentication => authentication.AddPolicyScheme("Policy", null, static _ => { });
        Assert.Contains(
            "\"Policy\" cannot be kept on the server: it is not a cookie scheme",
            await RefusedAsync(static authentication => authentication.KeepTicketsInSessionStore("Policy")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "both in the session and apart from it",
            await RefusedAsync(static authentication => authentication.KeepTicketsInServerSession().KeepTicketsInSessionStore("Cookies")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Events or EventsType was replaced",
            await RefusedAsync(static authentication =>
                authentication
                    .KeepTicketsInServerSession()
                    .Services.PostConfigure<CookieAuthenticationOptions>("Cookies", static options => options.Events = new Counting())
            ),
            StringComparison.Ordinal
        );
        _shop.Options = static options => options.AllowReservedKeys = true;
        Assert.Contains(
            "AllowReservedKeys",
            await RefusedAsync(static authentication => authentication.KeepTicketsInServerSession()),
            StringComparison.Ordinal
        );
        _shop.Options = static _ => { };
        _shop.Cookie = static options => options.SessionStore = new OfTheApplication();
        Assert.Contains(
            "already has a CookieAuthenticationOptions.SessionStore",
            await RefusedAsync(static authentication => authentication.KeepTicketsInServerSession()),
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() =>
            new ServiceCollection().AddAuthentication().KeepTicketsInServerSession("")
        );
    }

    [Fact]
    public async Task Tickets_are_kept_also_if_the_scheme_is_added_after_the_call()
    {
        _shop.Others = static authentication => authentication.KeepTicketsInServerSession("Late").AddCookie("Late");
        _shop.Endpoints = static app =>
            app.MapGet("/late", static (HttpContext context) => context.SignInAsync("Late", Shop.User(new string('x', 9_000))));
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);

        await browser.TextAsync("/late");

        Assert.InRange(browser[".AspNetCore.Late"]!.Length, 100, 500);
    }

    private async Task<string> RefusedAsync(Action<AuthenticationBuilder> keep)
    {
        _shop.Keep = keep;
        return (await Assert.ThrowsAnyAsync<OptionsValidationException>(() => _shop.StartAsync())).Message;
    }

    private sealed class Counting : CookieAuthenticationEvents
    {
        public List<string> Calls { get; } = [];

        public override Task SigningIn(CookieSigningInContext context) => Note("SigningIn");

        public override Task SignedIn(CookieSignedInContext context) => Note("SignedIn");

        public override Task SigningOut(CookieSigningOutContext context) => Note("SigningOut");

        public override Task ValidatePrincipal(CookieValidatePrincipalContext context) => Note("Validate");

        public override Task CheckSlidingExpiration(CookieSlidingExpirationContext context) => Note("Sliding");

        private Task Note(string call)
        {
            Calls.Add(call);
            return Task.CompletedTask;
        }
    }

    private sealed class OfTheApplication : ITicketStore
    {
        public Task<string> StoreAsync(AuthenticationTicket ticket) => throw new NotSupportedException();

        public Task RenewAsync(string key, AuthenticationTicket ticket) => throw new NotSupportedException();

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => throw new NotSupportedException();

        public Task RemoveAsync(string key) => throw new NotSupportedException();
    }
}
