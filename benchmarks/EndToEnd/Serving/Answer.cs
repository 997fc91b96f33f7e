using System.Globalization;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

internal static class Answer
{
    private static readonly byte[] Ok = "ok"u8.ToArray();

    /// <summary>The response of every server to every request that went well.</summary>
    public static Task OkAsync(HttpContext context)
    {
        context.Response.ContentLength = Ok.Length;
        return context.Response.Body.WriteAsync(Ok).AsTask();
    }

    /// <summary>A session that is not there makes the measurement invalid.</summary>
    public static Task MissingAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>The text that a new session holds beside its counter.</summary>
    public static string Payload(HttpContext context) => new('x', int.Parse(context.Request.Query["bytes"]!, CultureInfo.InvariantCulture));
}
