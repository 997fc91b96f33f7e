using System.Net;
using System.Text.RegularExpressions;

namespace Demo.Tests;

/// <summary>What a browser does for a person: keeps cookies, follows redirects, sends forms.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _client;

    public Browser(Uri address)
    {
        _client = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies }, disposeHandler: true) { BaseAddress = address };
    }

    public string? Cookie => _cookies.GetCookieHeader(_client.BaseAddress!) is { Length: > 0 } header ? header : null;

    /// <summary>The same person after the server came back on another port.</summary>
    public Browser MoveTo(Uri address)
    {
        var moved = new Browser(address);
        if (Cookie is { } cookie)
        {
            moved._cookies.SetCookies(address, cookie);
        }

        return moved;
    }

    public async Task<string> GetAsync(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    public async Task<string> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await _client.PostAsync(new Uri(path, UriKind.Relative), form);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Views a counted page and reads the number off it. A visitor without a session presses the button that begins one.</summary>
    public async Task<int> CountAsync(string path)
    {
        var page = await GetAsync(path);
        var number = Number().Match(page.Contains("Count my views", StringComparison.Ordinal) ? await PostAsync(path) : page);
        return int.Parse(number.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a request as it is, and gives the response whatever its status.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    )
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return _client.SendAsync(request);
    }

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("""<p class="count">(\d+)</p>""")]
    private static partial Regex Number();
}
