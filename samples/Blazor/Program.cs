// A tea shop with Blazor: static pages with forms, and a cart that is interactive. All of it works with one server session.
//
//   dotnet run --project samples/Blazor
//
// Sign in as ada with the password Correct-horse-1. Sessions are in memory and end with the process.
using System.Security.Cryptography;
using BlazorSample.Components;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using ServerSessions;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddServerSessions(options =>
{
    // An application keeps its secret outside of the code. This one ends with its sessions.
    options.Secret = builder.Configuration["Secret"] ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    options.IdleTimeout = TimeSpan.FromMinutes(30);
});

builder
    .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(static options => options.LoginPath = "/sign-in")
    .KeepTicketsInServerSession();
builder.Services.AddAuthorization();
builder.Services.AddCascadingAuthenticationState();
builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddServerSessionAccessor();
builder.Services.AddScoped<AuthenticationStateProvider, ServerSessionAuthenticationStateProvider>();

var app = builder.Build();
app.UseServerSessions();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode().CloseWhenSessionEnds();
await app.RunAsync();
