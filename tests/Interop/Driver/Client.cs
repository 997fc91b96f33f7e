using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ServerSessions.Interop.Driver;

/// <summary>The client of one host in one program: keeps the cookies that it is given.</summary>
/// <param name="http">Sends.</param>
/// <param name="host">To whom.</param>
/// <param name="cookies">Writes the cookies.</param>
/// <param name="freshConnections">Whether each request has a connection of its own: express cuts one if it could not store the
/// session of its response.</param>
internal sealed class Client(HttpClient http, Uri host, CookieWriter cookies, bool freshConnections = false)
{
    private readonly List<string> _received = [];

    public async Task<Exchange> SendAsync(ProgramRequest request)
    {
        var inBody = request.Method == "POST";
        using var message = new HttpRequestMessage(
            HttpMethod.Parse(request.Method),
            new Uri(host, inBody ? request.Path : $"{request.Path}?p={Uri.EscapeDataString(request.StepsJson)}")
        );
        if (inBody)
        {
            message.Content = new StringContent(
                $"{{\"ops\":{request.StepsJson}}}",
                Encoding.UTF8,
                new MediaTypeHeaderValue("application/json")
            );
        }

        // A response that was whole with its headers can be followed by an error that cuts the connection: no later request shall use it.
        message.Headers.ConnectionClose = request.WritesEarly || freshConnections;

        if (cookies.Write(request.Cookie, _received) is { } cookie)
        {
            message.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        if (request.ForwardedProto is not null)
        {
            message.Headers.TryAddWithoutValidation("X-Forwarded-Proto", request.ForwardedProto);
        }

        return await SendAsync(message);
    }

    public async Task<IReadOnlyList<StoredSession>> ListStoreAsync()
    {
        var stored = new List<StoredSession>();
        foreach (var sid in JsonSerializer.Deserialize<string[]>(await ReadStoreAsync("/store/ids"))!)
        {
            var json = await ReadStoreAsync($"/store/get?sid={Uri.EscapeDataString(sid)}");
            stored.Add(new StoredSession(sid, json));
        }

        return stored;
    }

    /// <summary>
    /// Waits until the host has ended all requests, which can be later than their responses, and gives the calls that it made of its store
    /// since this was asked last.
    /// </summary>
    public async Task<IReadOnlyList<string>> TakeStoreCallsAsync() =>
        JsonSerializer.Deserialize<string[]>(await http.GetStringAsync(new Uri(host, "/store/calls")))!;

    public async Task ClearStoreAsync()
    {
        using var answer = await http.PostAsync(new Uri(host, "/store/clear"), content: null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>
    /// Reads once more where the connection was one that the server has just cut, as express does after an error that comes too late.
    /// </summary>
    private async Task<string> ReadStoreAsync(string pathAndQuery)
    {
        try
        {
            return await http.GetStringAsync(new Uri(host, pathAndQuery));
        }
        catch (HttpRequestException cut) when (cut.InnerException is IOException)
        {
            return await http.GetStringAsync(new Uri(host, pathAndQuery));
        }
    }

    private async Task<Exchange> SendAsync(HttpRequestMessage message)
    {
        try
        {
            using var response = await http.SendAsync(message);
            IEnumerable<string> headers = response.Headers.TryGetValues("Set-Cookie", out var values) ? values : [];
            var setCookies = headers.Select(SetCookieHeader.Parse).ToList();
            _received.AddRange(setCookies.Where(cookie => cookie.Name == cookies.Name).Select(static cookie => cookie.Value));
            return new Exchange((int)response.StatusCode, await response.Content.ReadAsStringAsync(), setCookies);
        }
        catch (HttpRequestException)
        {
            return Exchange.Cut;
        }
    }
}
