using System.Text.Json;

namespace ServerSessions.Interop.Host;

/// <summary>Turns an exception of the middleware or a step into status 500 and <c>{"error":"message"}</c>.</summary>
internal static class Errors
{
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            // What the failed request changed is committed with this response, as express-session does in res.end.
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await Answers.WriteJsonAsync(context.Response, ToJson(failure.Message));
        }
    }

    /// <summary>The object <c>{"error":"message"}</c>.</summary>
    public static byte[] ToJson(string message) =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["error"] = message }, Answers.Json);
}
