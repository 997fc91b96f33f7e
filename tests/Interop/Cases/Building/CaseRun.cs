using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Cases.Building;

/// <summary>A case under way: its client, and the host that it talks to.</summary>
internal sealed record CaseRun(Client Client, CookieWriter Cookies, HttpClient Http, Uri Host)
{
    public async Task PostAsync(string pathAndQuery)
    {
        using var answer = await Http.PostAsync(new Uri(Host, pathAndQuery), content: null);
        answer.EnsureSuccessStatusCode();
    }
}
