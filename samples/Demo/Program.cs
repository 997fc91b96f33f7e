// A page-view counter, a sign-in and a sign-out. Sessions are in a SQLite file beside the program, or in any other store.
//
//   dotnet run --project samples/Demo
//   dotnet run --project samples/Demo -- --store sqlite:/var/lib/demo/sessions.db --secret "…" --urls http://localhost:8080
//
// Settings come from the configuration: command line, environment (STORE, SECRET), appsettings.json.
using Demo;
using Demo.Pages;
using ServerSessions;

var builder = WebApplication.CreateBuilder(args);
var settings = DemoSettings.From(builder.Configuration, builder.Environment.ContentRootPath);

builder
    .Services.AddServerSessions(options =>
    {
        options.Secret = settings.Secret;
        options.Cookie.MaxAge = TimeSpan.FromMinutes(30);
    })
    .AddStoreFromUrl(settings.Store);

// A body that is not a form is a 4xx, in development too.
builder.Services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = false);

var app = builder.Build();
app.UseMiddleware<SecurityHeaders>();
app.UseStatusCodePages(static context => ErrorPage.WriteAsync(context.HttpContext));
app.UseStaticFiles();
app.UseMiddleware<SameOriginForms>();

// Static files and refused forms end above this line, without a store call.
app.UseServerSessions();

app.MapGet("/", (ServerSession session) => Html.Page("Home", session, HomePage.Body(session)));
foreach (var path in (string[])["/foo", "/bar"])
{
    app.MapGet(path, (ServerSession session) => Html.Page(path[1..], session, CounterPage.Body(session, path)));
    app.MapPost(path, (ServerSession session) => CounterPage.Start(session, path));
}

app.MapGet("/session", (ServerSession session) => Html.Page("Session", session, SessionPage.Body(session)));

// SameOriginForms has checked the origin of the form, so no token is needed.
app.MapPost("/sign-in", SignIn.HandleAsync).DisableAntiforgery();
app.MapPost("/sign-out", SignOut.HandleAsync);

app.Run();
