using System.Net.Sockets;

namespace ServerSessions.Trust.Host;

/// <summary>A client of a host that sends the cookie it is told to send, and no other.</summary>
public sealed class TrustClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Initializes a new instance with connections of its own.</summary>
    public TrustClient(Uri address)
    {
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                UseProxy = false,
            }
        )
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromMinutes(2),
        };
    }

    /// <summary>
    /// Sends a request and reads the whole response. Values travel in headers, never in the address: addresses are logged, by the server
    /// itself.
    /// </summary>
    public async Task<Answer> SendAsync(
        string path,
        string? cookie = null,
        string? key = null,
        string? value = null,
        HttpMethod? method = null,
        CancellationToken cancellationToken = default,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        Add("Cookie", cookie);
        Add(TrustEndpoints.KeyHeader, key);
        Add(TrustEndpoints.ValueHeader, value);
        foreach (var (name, text) in headers)
        {
            Add(name, text);
        }

        using var response = await SendAsync(request, cancellationToken);
        return new Answer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(cancellationToken),
            response.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : [],
            response.Headers.ToString() + response.Content.Headers
        );

        void Add(string name, string? text)
        {
            if (text is not null)
            {
                request.Headers.TryAddWithoutValidation(name, text);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>
    /// HttpClient asks a new connection for the address of its other end. If that has been killed since it accepted, a bare
    /// <see cref="SocketException"/> ("not connected") comes of it, which means what a refused connection does.
    /// </summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (SocketException gone)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The host has gone while it was being connected to.", gone);
        }
    }
}

/// <summary>A response of a host.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
/// <param name="SetCookies">Each Set-Cookie header.</param>
/// <param name="Headers">All headers as text.</param>
public sealed record Answer(int Status, string Body, IReadOnlyList<string> SetCookies, string Headers)
{
    /// <summary>What a browser sends back of the session's cookie; <see langword="null"/> if the response sets none.</summary>
    public string? Cookie =>
        SetCookies
            .Where(static cookie => cookie.StartsWith(SessionCookieOptions.DefaultName + "=", StringComparison.Ordinal))
            .Select(static cookie => cookie.Split(';')[0])
            .SingleOrDefault();

    /// <summary>The same, where there must be one.</summary>
    public string TheCookie => Cookie ?? throw new InvalidOperationException($"A response with status {Status} without a session cookie.");

    /// <summary>The id in a cookie.</summary>
    public static string SidOf(string cookie)
    {
        var value = Uri.UnescapeDataString(cookie.Split('=', 2)[1]);
        return value[2..value.LastIndexOf('.')];
    }
}
