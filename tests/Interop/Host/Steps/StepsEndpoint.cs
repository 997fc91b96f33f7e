using System.Text.Json;

namespace ServerSessions.Interop.Host.Steps;

/// <summary>
/// Runs the program that a request brings, as <c>{"ops":[…]}</c> in its body or as the array in <c>?p=</c>, and responds with its trace.
/// </summary>
internal static class StepsEndpoint
{
    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 256 };

    public static async Task AnswerAsync(HttpContext context)
    {
        using var document = await ReadAsync(context.Request);
        var steps = document.RootElement;
        if (steps.ValueKind == JsonValueKind.Object && steps.TryGetProperty("ops", out var ops))
        {
            steps = ops;
        }

        var run = new StepRun(context);
        if (steps.ValueKind == JsonValueKind.Array)
        {
            foreach (var step in steps.EnumerateArray())
            {
                await run.TakeAsync(step);
            }
        }

        await run.FinishAsync();
    }

    private static async Task<JsonDocument> ReadAsync(HttpRequest request)
    {
        if (request.Query.TryGetValue("p", out var steps))
        {
            return JsonDocument.Parse(steps.ToString(), ReadOptions);
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.Length == 0
            ? JsonDocument.Parse("[]"u8.ToArray())
            : JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), ReadOptions);
    }
}
