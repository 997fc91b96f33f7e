// A shop that was written for ASP.NET Core's own session. Two lines of it differ: the other ones, and all of Cart.cs and
// ProfileController.cs, are as they were.
using FromAddSession;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddControllersWithViews().AddSessionStateTempDataProvider();
builder.Services.AddDistributedMemoryCache();
#if ADD_SESSION
builder.Services.AddSession(options => options.IdleTimeout = TimeSpan.FromMinutes(30));
#else
builder.Services.AddServerSessions(builder.Configuration.GetSection("ServerSessions")).ImportAspNetCoreSessions();
#endif

var app = builder.Build();
#if ADD_SESSION
app.UseSession();
#else
app.UseServerSessions();
#endif
app.MapCart();
app.MapControllers();
app.Run();
