namespace ServerSessions.Tests;

internal static class Forwarded
{
    /// <summary>A request as a proxy in front passes it on: it says how the client asked for it.</summary>
    public static async Task<HttpResponseMessage> ForwardedAsync(
        this TestApp app,
        string path,
        string? cookie = null,
        string? proto = null,
        string? prefix = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in new[] { ("Cookie", cookie), ("X-Forwarded-Proto", proto), ("X-Forwarded-Prefix", prefix) })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await app.Client.SendAsync(request);
    }
}
