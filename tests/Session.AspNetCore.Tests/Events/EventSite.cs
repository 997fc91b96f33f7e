using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Events;

/// <summary>An application whose paths do to the session what their names say, with a handler that records the events.</summary>
internal static class EventSite
{
    public static Task<TestApp> StartAsync(
        ISessionStore? store = null,
        Action<ServerSessionOptions>? options = null,
        TimeProvider? time = null,
        Action<IServerSessionBuilder>? sessions = null,
        RequestDelegate? act = null
    ) =>
        TestApp.StartAsync(
            act ?? ActAsync,
            options,
            store,
            time: time,
            sessions: builder =>
            {
                builder.AddEvents<RecordedEvents>();
                sessions?.Invoke(builder);
            }
        );

    public static RecordedEvents Events(this TestApp app) => app.Services.GetRequiredService<RecordedEvents>();

    public static async Task ActAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Request.Path.Value)
        {
            case "/write":
                session.Set("n", session.Get<int>("n") + 1);
                break;
            case "/device":
                session.Set("device", context.Request.Headers.UserAgent.ToString());
                break;
            case "/read":
                await context.Response.WriteAsync($"{session.Get<int>("n")}");
                break;
            case "/save-twice":
                session.Set("n", 1);
                await session.SaveAsync();
                session.Set("n", 2);
                await session.SaveAsync();
                break;
            case "/update":
                await session.UpdateAsync<int>("n", static n => n + 1);
                break;
            case "/renew":
                await session.RenewIdAsync();
                break;
            case "/sign-in":
                await session.RenewForSignInAsync();
                session.Set("user", "ada");
                break;
            case "/regenerate":
                await session.RegenerateAsync();
                break;
            case "/destroy":
                await session.DestroyAsync();
                break;
            case "/unset":
                context.UnsetServerSession();
                break;
        }
    }
}
