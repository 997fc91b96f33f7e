using System.Net;
using Microsoft.Net.Http.Headers;

namespace ServerSessions.SignIn.Tests;

/// <summary>
/// What a browser does with cookies, SameSite included: a lax cookie goes with a request from another site only if that is a navigation
/// with GET, and not from a frame. It follows redirects.
/// </summary>
internal sealed class Browser
{
    private readonly Dictionary<string, Site> _sites;
    private readonly TimeProvider _time;
    private readonly Dictionary<(string Host, string Name), SetCookieHeaderValue> _jar;

    public Browser(TimeProvider time, params Site[] sites)
        : this(time, sites.ToDictionary(static site => site.Address.Host), []) { }

    private Browser(TimeProvider time, Dictionary<string, Site> sites, Dictionary<(string, string), SetCookieHeaderValue> jar) =>
        (_time, _sites, _jar, Home) = (time, sites, jar, sites.Values.First().Address);

    /// <summary>The site that a path without a host is of.</summary>
    public Uri Home { get; set; }

    /// <summary>Whether it sends <c>Sec-Fetch-Site</c>. All browsers do; some proxies remove it. <c>Origin</c> comes in any case.</summary>
    public bool SendsFetchMetadata { get; set; } = true;

    /// <summary>Whether it follows redirects after a form of another site.</summary>
    public bool FollowsRedirects { get; set; } = true;

    /// <summary>The value of a cookie of the home site, or nothing.</summary>
    public string? this[string name]
    {
        get => _jar.TryGetValue((Home.Host, name), out var cookie) ? cookie.Value.Value : null;
        set
        {
            _jar.Remove((Home.Host, name));
            if (value is not null)
            {
                _jar[(Home.Host, name)] = new SetCookieHeaderValue(name, value) { SameSite = SameSiteMode.Lax };
            }
        }
    }

    /// <summary>When a cookie ends; nothing if it ends with the browser.</summary>
    public DateTimeOffset? ExpiryOf(string name) => _jar[(Home.Host, name)].Expires;

    /// <summary>Another browser with a copy of all cookies.</summary>
    public Browser Copy() => new(_time, _sites, new(_jar)) { Home = Home };

    /// <summary>Closes and opens the browser: what has no expiry is gone.</summary>
    public void Restart()
    {
        foreach (var key in _jar.Where(static cookie => cookie.Value.Expires is null).Select(static cookie => cookie.Key).ToList())
        {
            _jar.Remove(key);
        }
    }

    /// <summary>The same browser, directed to another instance of the home site.</summary>
    public Browser On(Site instance) =>
        new(_time, new(_sites) { [Home.Host] = instance }, _jar) { Home = Home };

    public async Task<string> TextAsync(string path)
    {
        using var response = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(HttpMethod.Get, new Uri(Home, path), null, from: null);

    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Post, new Uri(Home, path), Form(fields), from: Home);

    /// <summary>Posts a form that a page of another site has.</summary>
    public Task<HttpResponseMessage> PostFromAsync(Uri from, Uri address, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Post, address, Form(fields), from);

    /// <summary>
    /// Loads an address in a frame of a page of another site. Cookies that are not <c>SameSite=None</c> neither go nor come.
    /// </summary>
    public Task<HttpResponseMessage> FrameAsync(Uri page, Uri address) => SendAsync(HttpMethod.Get, address, null, page, isFrame: true);

    /// <summary>Sends one request and follows its redirects.</summary>
    /// <param name="method">The method.</param>
    /// <param name="address">The address.</param>
    /// <param name="content">The form.</param>
    /// <param name="from">The page that causes the request; nothing if the user types the address.</param>
    /// <param name="isFrame">Whether the response is shown in a frame of that page.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, HttpContent? content, Uri? from, bool isFrame = false)
    {
        for (var isCrossSite = false; ;)
        {
            isCrossSite |= from is not null && from.Host != address.Host;
            using var client = new HttpClient(_sites[address.Host].Handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
            using var request = new HttpRequestMessage(method, address) { Content = content };
            if (CookiesFor(method, address, isCrossSite, isFrame) is { Length: > 0 } cookies)
            {
                request.Headers.TryAddWithoutValidation("Cookie", cookies);
            }

            if (SendsFetchMetadata)
            {
                var site = from is null ? "none" : isCrossSite ? "cross-site" : "same-origin";
                request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
            }

            if (method == HttpMethod.Post && from is not null)
            {
                request.Headers.TryAddWithoutValidation("Origin", from.GetLeftPart(UriPartial.Authority));
            }

            var response = await client.SendAsync(request).WithinBoundAsync($"the response to {method} {address.AbsolutePath}");
            response.RequestMessage = new HttpRequestMessage(method, address);
            Keep(address, response, isCrossSite && isFrame);
            if (
                response.Headers.Location is not { } location
                || (int)response.StatusCode is < 300 or >= 400
                || (method == HttpMethod.Post && !FollowsRedirects)
            )
            {
                return response;
            }

            (from, address, method, content) = (address, new Uri(address, location), HttpMethod.Get, null);
            response.Dispose();
        }
    }

    private static FormUrlEncodedContent Form((string Name, string Value)[] fields) =>
        new(fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)));

    private string CookiesFor(HttpMethod method, Uri address, bool isCrossSite, bool isFrame) =>
        string.Join(
            "; ",
            from entry in _jar
            where entry.Key.Host == address.Host
            let cookie = entry.Value
            where cookie.Expires is null || cookie.Expires > _time.GetUtcNow()
            where address.AbsolutePath.StartsWith(cookie.Path.HasValue ? cookie.Path.Value : "/", StringComparison.Ordinal)
            where
                !isCrossSite
                || cookie.SameSite == SameSiteMode.None
                || (cookie.SameSite != SameSiteMode.Strict && method == HttpMethod.Get && !isFrame)
            select $"{cookie.Name}={cookie.Value}"
        );

    private void Keep(Uri address, HttpResponseMessage response, bool isForeignFrame)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var headers))
        {
            return;
        }

        foreach (var header in headers)
        {
            var cookie = SetCookieHeaderValue.Parse(header);
            Assert.True(cookie.SameSite != SameSiteMode.None || cookie.Secure, $"Browsers drop {cookie.Name}.");
            if (isForeignFrame && cookie.SameSite != SameSiteMode.None)
            {
                continue;
            }

            if (cookie.MaxAge is { } maxAge)
            {
                cookie.Expires = _time.GetUtcNow() + maxAge;
            }

            if (cookie.Expires <= _time.GetUtcNow())
            {
                _jar.Remove((address.Host, cookie.Name.ToString()));
            }
            else
            {
                _jar[(address.Host, cookie.Name.ToString())] = cookie;
            }
        }
    }
}
