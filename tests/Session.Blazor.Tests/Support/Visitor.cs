using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Connections;
using ServerSessions.Blazor.Tests.Shop;

namespace ServerSessions.Blazor.Tests.Support;

/// <summary>A browser: keeps cookies, sends forms with their tokens, opens circuits.</summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly ShopApp _app;
    private readonly HttpClient _client;

    public Visitor(ShopApp app)
    {
        _app = app;
        _client = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies }, disposeHandler: true)
        {
            BaseAddress = app.Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public CookieContainer Cookies { get; } = new();

    public string? SessionCookie => Cookies.GetCookies(_app.Address)["connect.sid"]?.Value;

    public async Task<string> GetAsync(string path)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    public async Task<string> PostAsync(string path)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, path));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    public Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead
    ) => _client.SendAsync(request, completion).WithinBoundAsync($"the response to {request.Method} {request.RequestUri}");

    /// <summary>Sends the form of a static page, with the fields that are hidden in it.</summary>
    /// <param name="page">The page with the form.</param>
    /// <param name="name">The value of the field Name.</param>
    /// <param name="query">The query of the address that the form is sent to.</param>
    /// <param name="isEnhanced">Whether the script of the page sends it, which replaces the page in place.</param>
    /// <param name="hasToken">Whether the token of antiforgery is sent.</param>
    public async Task<HttpResponseMessage> SubmitAsync(
        string page,
        string name,
        string query = "",
        bool isEnhanced = false,
        bool hasToken = true
    )
    {
        var fields = Hidden()
            .Matches(await GetAsync(page))
            .Select(static match => KeyValuePair.Create(match.Groups["name"].Value, match.Groups["value"].Value))
            .Where(field => hasToken || field.Key != "__RequestVerificationToken")
            .Append(KeyValuePair.Create("Name", name));
        using var request = new HttpRequestMessage(HttpMethod.Post, page + query) { Content = new FormUrlEncodedContent(fields) };
        if (isEnhanced)
        {
            request.Headers.TryAddWithoutValidation("Accept", "text/html; blazor-enhanced-nav=on");
        }

        return await SendAsync(request);
    }

    /// <summary>Loads the interactive page and connects it.</summary>
    public async Task<Connection> OpenAsync(HttpTransportType transport = HttpTransportType.WebSockets)
    {
        var html = await GetAsync("/prerendered");
        var connection = await Connection.StartAsync(_app.Address, Cookies, transport, html);
        return connection.With(await _app.Circuits.NextOpenedAsync());
    }

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)" />""")]
    private static partial Regex Hidden();
}
