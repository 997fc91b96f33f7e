using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.SignIn.Tests.Identity;

/// <summary>A shop whose users ASP.NET Core Identity signs in.</summary>
internal sealed class IdentityShop : IDisposable
{
    public const string Ticket = ".AspNetCore.Identity.Application";
    public const string Password = "correct-horse-1";

    private readonly EphemeralDataProtectionProvider _keys = new();
    private readonly TestUsers _users = new();

    public IdentityShop() => Store = new RecordingStore(Time);

    public FakeTimeProvider Time { get; } = new(Shop.Start);

    public RecordingStore Store { get; }

    public Action<AuthenticationBuilder> Keep { get; set; } = static authentication => authentication.KeepTicketsInServerSession();

    /// <summary>Other schemes.</summary>
    public Action<AuthenticationBuilder> Others { get; set; } = static _ => { };

    public async Task<Site> StartAsync()
    {
        var site = await Site.StartAsync(
            "shop.test",
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(Time).AddSingleton<IDataProtectionProvider>(_keys);
                builder.Services.AddServerSessions(static options =>
                {
                    options.Secret = Shop.Secret;
                    options.IdleTimeout = TimeSpan.FromDays(1);
                }).AddStore(_ => Store);
                builder
                    .Services.AddSingleton<IUserStore<IdentityUser>>(_users)
                    .AddSingleton<IRoleStore<IdentityRole>, NoRoles>()
                    .AddIdentity<IdentityUser, IdentityRole>()
                    .AddTokenProvider<TypedCode>(TypedCode.Name);
                var authentication = builder.Services.AddAuthentication();
                Others(authentication);
                Keep(authentication);
            },
            Map
        );
        using var scope = site.Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        foreach (var name in (string[])["ada", "bob"])
        {
            if (await users.FindByNameAsync(name) is null)
            {
                Assert.True((await users.CreateAsync(new IdentityUser(name), $"{Password}A")).Succeeded);
            }
        }

        return site;
    }

    public Browser NewBrowser(params Site[] sites) => new(Time, sites);

    public void Dispose()
    {
        Store.Dispose();
        _users.Dispose();
    }

    private static void Map(WebApplication app)
    {
        app.UseServerSessions().UseAuthentication();
        app.MapGet("/me", static (HttpContext context) => context.User.Identity?.Name ?? "-");
        app.MapGet("/poll", static (HttpContext context) => context.User.Identity?.Name ?? "-").ReadOnlyServerSession();
        app.MapGet("/cart", static (ServerSession session, string? add) =>
        {
            if (add is not null)
            {
                session.Set("cart", session.Get<string>("cart") + add);
            }

            return session.Get<string>("cart") ?? "-";
        });
        app.MapGet("/login", static async (SignInManager<IdentityUser> signIn, string user, bool? remember) =>
            (await signIn.PasswordSignInAsync(user, $"{Password}A", remember == true, lockoutOnFailure: false)).ToString()
        );
        app.MapGet("/code", static async (SignInManager<IdentityUser> signIn) =>
            (await signIn.TwoFactorSignInAsync(TypedCode.Name, TypedCode.Code, isPersistent: false, rememberClient: false)).ToString()
        );
        app.MapGet("/logout", static (SignInManager<IdentityUser> signIn) => signIn.SignOutAsync());
        app.MapGet("/refresh", static async (SignInManager<IdentityUser> signIn, UserManager<IdentityUser> users, HttpContext context) =>
            await signIn.RefreshSignInAsync((await users.GetUserAsync(context.User))!)
        );
        app.MapGet("/stamp", static async (UserManager<IdentityUser> users, string user) =>
            await users.UpdateSecurityStampAsync((await users.FindByNameAsync(user))!)
        );
        app.MapGet("/two-factor", static async (UserManager<IdentityUser> users, string user) =>
            await users.SetTwoFactorEnabledAsync((await users.FindByNameAsync(user))!, true)
        );
        app.MapGet("/external", static (SignInManager<IdentityUser> signIn) =>
            Results.Challenge(signIn.ConfigureExternalAuthenticationProperties("oidc", "/external-callback"), ["oidc"])
        );
        app.MapGet("/external-callback", ExternalCallbackAsync);
    }

    /// <summary>As the pages of Identity do it.</summary>
    private static async Task<IResult> ExternalCallbackAsync(SignInManager<IdentityUser> signIn, UserManager<IdentityUser> users)
    {
        var login = (await signIn.GetExternalLoginInfoAsync())!;
        if (!(await signIn.ExternalLoginSignInAsync(login.LoginProvider, login.ProviderKey, isPersistent: false)).Succeeded)
        {
            var user = (await users.FindByNameAsync("ada"))!;
            await users.AddLoginAsync(user, login);
            await signIn.SignInAsync(user, isPersistent: false, login.LoginProvider);
        }

        return Results.Redirect("/me");
    }
}
