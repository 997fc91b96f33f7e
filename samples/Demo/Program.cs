// Server sessions to try: parallel clicks, a sign-out that stays, the devices of a user, a store that goes away.
//
//   dotnet run --project samples/Demo
//   ServerSessions__Store=redis://localhost dotnet run --project samples/Demo
//
// appsettings.json has the default store, a SQLite file beside the program. Outside of development ServerSessions__Secret must be set.
using Demo;
using Demo.Pages;
using ServerSessions;

var builder = WebApplication.CreateBuilder(args);
builder
    .Services.AddServerSessions(
        builder.Configuration.GetSection("ServerSessions"),
        options => options.Secret ??= DemoSecret.For(builder.Environment)
    )
    .AddStoreFromConfiguration(builder.Configuration)
    .AddUserSessions();
builder.Services.AddAntiforgery();
if (builder.Environment.IsDevelopment())
{
    builder.Services.AddStoreSwitch();
}

// A body that is not a form is a 4xx, in development too.
builder.Services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = false);

var app = builder.Build();
app.UseMiddleware<SecurityHeaders>();
app.UseStatusCodePages(static context => ErrorPage.WriteAsync(context.HttpContext));
app.UseStaticFiles();

// Static files end above this line. Forms of other sites end here, without a store call: appsettings.json has CrossSite.
app.UseServerSessions();

app.MapGet("/", HomePage.Show);
app.MapGet("/session", SessionPage.Show);

app.MapGet("/tabs", TabsPage.Show);
app.MapPost("/tabs", TabsPage.ClickOnceAsync);
app.MapPost("/tabs/click", TabsPage.ClickAsync).RequireServerSession();

// CrossSite has checked the origin of the form, so no token is needed.
app.MapGet("/sign-in", SignInPage.Show);
app.MapPost("/sign-in", SignInPage.SignInAsync).DisableAntiforgery();
app.MapPost("/sign-out", SignInPage.SignOutAsync);
app.MapGet("/slow", SlowPage.Show);
app.MapPost("/slow", SlowPage.SaveLateAsync).RequireServerSession();

app.MapGet("/devices", DevicesPage.ShowAsync);
app.MapUserSessions(configure: DevicesPage.Configure);

// Without a session, so it can be reached while the store is away.
app.MapGet("/store", StorePage.Show).DisableServerSession();
if (app.Environment.IsDevelopment())
{
    app.MapStoreSwitch();
}

app.Run();
