// A shop with a cart for everyone, and a sign-in with ASP.NET Core Identity whose ticket is kept in the server session.
//
//   dotnet run --project samples/SignIn
//
// Sign in as ada with the password Correct-horse-1. Users and sessions are in memory and end with the process.
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using ServerSessions;
using SignInSample;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddServerSessions(options =>
{
    // An application keeps its secret outside of the code. This one ends with its sessions.
    options.Secret = builder.Configuration["Secret"] ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    options.IdleTimeout = TimeSpan.FromMinutes(30);
    options.AbsoluteTimeout = TimeSpan.FromHours(12);
});

builder.Services.AddSingleton<IUserStore<IdentityUser>, InMemoryUsers>();
builder.Services.AddIdentityCore<IdentityUser>().AddSignInManager();
builder
    .Services.AddAuthentication(IdentityConstants.ApplicationScheme)
    .KeepTicketsInServerSession()
    .AddIdentityCookies(static cookies => cookies.ApplicationCookie!.Configure(static options => options.LoginPath = "/Login"));

builder.Services.Configure<SecurityStampValidatorOptions>(static options => options.ValidationInterval = TimeSpan.FromMinutes(1));
builder.Services.AddAuthorization();
builder.Services.AddControllersWithViews();
builder.Services.AddRazorPages();

var app = builder.Build();
app.UseStaticFiles();

// In this order a session that cannot be read is a 503, and never a redirect to the login.
app.UseServerSessions();
app.UseAuthentication();
app.UseAuthorization();
app.MapControllers();
app.MapRazorPages();

using (var scope = app.Services.CreateScope())
{
    var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
    await users.CreateAsync(new IdentityUser("ada"), "Correct-horse-1");
    await users.CreateAsync(new IdentityUser("bob"), "Correct-horse-2");
}

await app.RunAsync();
