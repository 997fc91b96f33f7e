using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Demo.Tests;

/// <summary>What a browser does for a person: keeps cookies, follows redirects, sends forms.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _client;

    /// <param name="address">Where the server is.</param>
    /// <param name="cookie">The session's cookie, as a request has it; <see langword="null"/>: none.</param>
    public Browser(Uri address, string? cookie = null)
    {
        _client = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies }, disposeHandler: true) { BaseAddress = address };
        if (cookie is not null)
        {
            _cookies.SetCookies(address, cookie);
        }
    }

    /// <summary>The session's cookie, as a request has it.</summary>
    public string? Cookie =>
        _cookies
            .GetCookies(_client.BaseAddress!)
            .SingleOrDefault(static cookie => !cookie.Name.StartsWith(".AspNetCore.Antiforgery", StringComparison.Ordinal))
            ?.ToString();

    /// <summary>The same person after the server came back on another port.</summary>
    public Browser MoveTo(Uri address) => new(address, Cookie);

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

    /// <summary>Clicks once on the page of two tabs, and reads the number off it. The first click begins a session.</summary>
    public async Task<int> CountAsync() => CountsOf(await PostAsync("/tabs")).Clicks;

    /// <summary>The clicks that a page shows, and how many Get and Set have kept.</summary>
    public static (int Clicks, int BySet) CountsOf(string page)
    {
        var counts = Number().Matches(page).Select(static match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        return (counts[0], counts[1]);
    }

    /// <summary>Sends a form of a page as its button does, and returns the page that it leads to.</summary>
    /// <param name="page">The page.</param>
    /// <param name="part">A part of the form's HTML.</param>
    public Task<string> SubmitAsync(string page, string part)
    {
        var form = Form().Matches(page).Select(static match => match.Value).First(form => form.Contains(part, StringComparison.Ordinal));
        return PostAsync(
            Action().Match(form).Groups[1].Value,
            [.. Hidden().Matches(form).Select(static field => (field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value)))]
        );
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

    [GeneratedRegex("""<dd class="count">(\d+)</dd>""")]
    private static partial Regex Number();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("""action="([^"]*)""")]
    private static partial Regex Action();

    [GeneratedRegex("""<input type="hidden" name="([^"]*)" value="([^"]*)">""")]
    private static partial Regex Hidden();
}
