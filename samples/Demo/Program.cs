// A page-view counter, a sign-in and a sign-out, with sessions in a SQLite file beside the program or in any other store.
//
//   dotnet run --project samples/Demo
//   dotnet run --project samples/Demo -- --store sqlite:/var/lib/demo/sessions.db --secret "…" --urls http://localhost:8080
//
// Settings come from the ordinary configuration: command line, environment (STORE, SECRET), appsettings.json.
using Demo;
using Demo.Pages;
using Session;

var builder = WebApplication.CreateBuilder(args);
var settings = DemoSettings.From(builder.Configuration, builder.Environment.ContentRootPath);

builder.Services
    .AddServerSessions(options =>
    {
        options.Secret = settings.Secret;
        options.Cookie.MaxAge = TimeSpan.FromMinutes(30);
    })
    .AddStoreFromUrl(settings.Store);

var app = builder.Build();
app.UseStaticFiles();
app.UseServerSessions();

app.MapGet("/", (ServerSession session) => Html.Page("Home", session, HomePage.Body(session)));
app.MapGet("/foo", (ServerSession session) => Html.Page("Foo", session, CounterPage.Body(session, "/foo")));
app.MapGet("/bar", (ServerSession session) => Html.Page("Bar", session, CounterPage.Body(session, "/bar")));
app.MapGet("/session", (ServerSession session) => Html.Page("Session", session, SessionPage.Body(session)));
app.MapPost("/sign-in", SignIn.HandleAsync);
app.MapPost("/sign-out", SignOut.HandleAsync);

app.Run();
