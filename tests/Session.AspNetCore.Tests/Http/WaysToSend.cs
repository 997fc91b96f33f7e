using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions.Tests.Http;

/// <summary>The ways in which an application sends the body of a response. Each is the path of a request.</summary>
internal static class WaysToSend
{
    public static IReadOnlyList<string> All { get; } =
    [
        "/stream",
        "/array",
        "/flush",
        "/pipe",
        "/pipe-buffer",
        "/pipe-unflushed",
        "/start",
        "/complete",
        "/file",
        "/json",
        "/synchronous",
    ];

    /// <summary>
    /// Sends <c>body</c>, or for <c>/pipe-unflushed</c> leaves it to the end of the request, in the way that the path names.
    /// </summary>
    public static async Task SendAsync(HttpContext context, string file)
    {
        var body = "body"u8.ToArray();
        switch (context.Request.Path.Value)
        {
            case "/stream":
                await context.Response.Body.WriteAsync(body);
                break;
            case "/array":
#pragma warning disable CA1835 // The overload is what this way is about.
                await context.Response.Body.WriteAsync(body, 0, 4);
#pragma warning restore CA1835
                break;
            case "/flush":
                await context.Response.Body.FlushAsync();
                await context.Response.Body.WriteAsync(body);
                break;
            case "/pipe":
                await context.Response.BodyWriter.WriteAsync(body);
                break;
            case "/pipe-buffer":
                body.CopyTo(context.Response.BodyWriter.GetSpan(4));
                context.Response.BodyWriter.Advance(4);
                await context.Response.BodyWriter.FlushAsync();
                break;
            case "/pipe-unflushed":
                body.CopyTo(context.Response.BodyWriter.GetMemory(4));
                context.Response.BodyWriter.Advance(4);
                break;
            case "/start":
                await context.Response.StartAsync();
                await context.Response.WriteAsync("body");
                break;
            case "/complete":
                await context.Response.WriteAsync("body");
                await context.Response.CompleteAsync();
                break;
            case "/file":
                await context.Response.SendFileAsync(file);
                break;
            case "/json":
                await context.Response.WriteAsJsonAsync("body");
                break;
            case "/synchronous":
                context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
                context.Response.Body.Write(body);
                break;
        }
    }
}
