using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>A handler for each path.</summary>
internal static class Routes
{
    public static RequestDelegate Of(params (string Path, RequestDelegate Handle)[] routes)
    {
        var handlers = routes.ToDictionary(static route => route.Path, static route => route.Handle, StringComparer.Ordinal);
        return context => handlers[context.Request.Path.Value!](context);
    }

    public static readonly (string Path, RequestDelegate Handle) Set = (
        "/set",
        static context =>
        {
            context.Session.SetString("user", "ada");
            return Task.CompletedTask;
        }
    );

    public static readonly (string Path, RequestDelegate Handle) Get = (
        "/get",
        static context => context.Response.WriteAsync(context.Session.GetString("user") ?? "none")
    );
}
