using Microsoft.AspNetCore.DataProtection;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>ASP.NET Core's own session in its best case: loaded asynchronously before it is used.</summary>
internal static class AspNetCoreSession
{
    public static Action<WebApplication> Prepare(IServiceCollection services, Backend backend, string place)
    {
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        _ = backend switch
        {
            Backend.Memory => services.AddDistributedMemoryCache(),
            Backend.Redis or Backend.Valkey => services.AddStackExchangeRedisCache(options =>
            {
                options.Configuration = place;
                options.InstanceName = "aspnetcore:";
            }),
            _ => throw new ArgumentOutOfRangeException(nameof(backend), backend, "ASP.NET Core brings no provider for it."),
        };
        services.AddSession(static options => options.IdleTimeout = TimeSpan.FromHours(1));
        return Map;
    }

    private static void Map(WebApplication app)
    {
        app.UseSession();
        app.MapGet("/fill", static async context =>
        {
            await context.Session.LoadAsync();
            context.Session.SetInt32("n", 0);
            context.Session.SetString("data", Answer.Payload(context));
            await context.Session.CommitAsync();
            await Answer.OkAsync(context);
        });
        app.MapGet("/read", static async context =>
        {
            await context.Session.LoadAsync();
            await (context.Session.GetInt32("n") is null ? Answer.MissingAsync(context) : Answer.OkAsync(context));
        });
        app.MapGet("/write", static async context =>
        {
            await context.Session.LoadAsync();
            if (context.Session.GetInt32("n") is { } n)
            {
                context.Session.SetInt32("n", n + 1);
                await Answer.OkAsync(context);
            }
            else
            {
                await Answer.MissingAsync(context);
            }
        });
    }
}
