using System.Text;
using System.Text.Json;

namespace ServerSessions.Interop.CrossRuntime.Running;

/// <summary>A client with one cookie, which it shows to every server.</summary>
internal sealed class Person(HttpClient http)
{
    private const string Name = "connect.sid=";

    /// <summary>The cookie's value, as a Set-Cookie header gave it.</summary>
    public string? Cookie { get; set; }

    /// <summary>Has a server take these steps; the trace.</summary>
    public async Task<JsonElement> DoAsync(Uri server, params string[] steps)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server);
        request.Content = new StringContent($"[{string.Join(',', steps)}]", Encoding.UTF8, "application/json");
        if (Cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", Name + Cookie);
        }

        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        if (answer.Headers.TryGetValues("Set-Cookie", out var headers))
        {
            Cookie = headers.Single()[Name.Length..].Split(';')[0];
        }

        return JsonSerializer.Deserialize<JsonElement>(body).GetProperty("trace");
    }

    /// <summary>Whether the server has the session of the cookie, and what it has under a key.</summary>
    public async Task<string> AskAsync(Uri server, string key)
    {
        var trace = await DoAsync(server, """["id"]""", $"""["get","{key}"]""");
        var isMine =
            Cookie is not null && Uri.UnescapeDataString(Cookie).StartsWith($"s:{trace[0].GetString()}.", StringComparison.Ordinal);
        return $"[{(isMine ? "true" : "false")},{trace[1].GetRawText()}]";
    }
}
