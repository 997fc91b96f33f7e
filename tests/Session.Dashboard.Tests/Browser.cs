using System.Net;
using System.Text.RegularExpressions;

namespace ServerSessions.Dashboard.Tests;

/// <summary>What a browser does for a person: keeps cookies, sends the forms of a page. It follows no redirect by itself.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _client;

    public Browser(Uri address, string? @operator)
    {
        var handler = new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false };
        _client = new HttpClient(handler) { BaseAddress = address };
        if (@operator is not null)
        {
            _client.DefaultRequestHeaders.Add(DashboardApp.Operator, @operator);
        }
    }

    /// <summary>The value of the session's cookie, as it was sent.</summary>
    public string SessionCookie => _cookies.GetAllCookies().Single(static cookie => cookie.Name == "connect.sid").Value;

    public Task<HttpResponseMessage> GetAsync(string path) =>
        _client.GetAsync(new Uri(path, UriKind.Relative)).WithinBoundAsync($"the response to {path}");

    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        _client
            .PostAsync(
                new Uri(path, UriKind.Relative),
                new FormUrlEncodedContent(fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)))
            )
            .WithinBoundAsync($"the response to {path}");

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await _client.SendAsync(request).WithinBoundAsync($"the response to {path}");
    }

    /// <summary>Returns a page, which must be there.</summary>
    public async Task<string> PageAsync(string path)
    {
        using var response = await GetAsync(path);
        var page = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode}\n{page}");
        return page;
    }

    /// <summary>Sends a form of a page as its button does, and returns the page that it leads to.</summary>
    /// <param name="page">The page.</param>
    /// <param name="part">A part of the form's HTML.</param>
    /// <param name="fields">What the person has entered.</param>
    public async Task<(string Path, string Page)> SubmitAsync(string page, string part, params (string Name, string Value)[] fields)
    {
        using var response = await SendFormAsync(page, part, fields);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        var path = response.Headers.Location!.ToString();
        return (path, await PageAsync(path));
    }

    /// <summary>Sends a form of a page as its button does.</summary>
    public Task<HttpResponseMessage> SendFormAsync(string page, string part, params (string Name, string Value)[] fields)
    {
        var form = Form().Matches(page).Select(static match => match.Value).First(form => form.Contains(part, StringComparison.Ordinal));
        var hidden = Hidden().Matches(form).Select(static field => (field.Groups["name"].Value, Decode(field.Groups["value"].Value)));
        return PostAsync(Decode(Action().Match(form).Groups["path"].Value), [.. hidden, .. fields]);
    }

    /// <summary>Returns the path of the first link with a part of its HTML.</summary>
    public static string LinkOf(string page, string part) =>
        Decode(
            Link()
                .Matches(page)
                .First(link => link.Value.Contains(part, StringComparison.Ordinal))
                .Groups["path"]
                .Value
        );

    public void Dispose() => _client.Dispose();

    private static string Decode(string text) => WebUtility.HtmlDecode(text);

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("""action="(?<path>[^"]*)""")]
    private static partial Regex Action();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]*)" value="(?<value>[^"]*)">""")]
    private static partial Regex Hidden();

    [GeneratedRegex("""<a [^>]*href="(?<path>[^"]*)"[^>]*>.*?</a>""", RegexOptions.Singleline)]
    private static partial Regex Link();
}
