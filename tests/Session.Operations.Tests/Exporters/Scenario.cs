namespace ServerSessions.Operations.Tests.Exporters;

/// <summary>Requests that make every instrument measure something.</summary>
internal static class Scenario
{
    /// <summary>Runs the requests.</summary>
    /// <returns>The ids of the sessions, which no exporter may show.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(OperatedApp app)
    {
        var cookies = new List<string>();
        using var begin = await app.GetAsync("/write");
        cookies.Add(begin.Cookie()!);
        using var changed = await app.GetAsync("/write", cookies[^1]);
        using var read = await app.GetAsync("/read", cookies[^1]);
        using var signedIn = await app.GetAsync("/sign-in", cookies[^1]);
        var old = cookies[^1];
        cookies.Add(signedIn.Cookie()!);
        using var moved = await app.GetAsync("/read", old);
        using var ended = await app.GetAsync("/end", cookies[^1]);
        using var gone = await app.GetAsync("/read", cookies[^1]);
        using var forged = await app.GetAsync("/read", $"{cookies[^1][..^5]}xxxxx");
        using var last = await app.GetAsync("/write");
        cookies.Add(last.Cookie()!);
        return [.. cookies.Select(static cookie => Uri.UnescapeDataString(cookie.Split('=', 2)[1])[2..].Split('.')[0])];
    }
}
