using System.Net.Sockets;

namespace ServerSessions.Testing;

/// <summary>Whether a Docker engine responds; asked once.</summary>
internal static class Docker
{
    private const string DefaultSocket = "/var/run/docker.sock";

    // Testcontainers itself would try for half a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly Lazy<Task<bool>> Answer = new(AskAsync);

    public static Task<bool> AnswersAsync() => Answer.Value;

    private static async Task<bool> AskAsync()
    {
        var host = Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } given
            ? new Uri(given)
            : new Uri("unix://" + DefaultSocket);
        if (host.Scheme == "unix" && !File.Exists(host.LocalPath))
        {
            return false;
        }

        using var handler = new SocketsHttpHandler { UseProxy = false };
        if (host.Scheme == "unix")
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(host.LocalPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }

        using var http = new HttpClient(handler) { Timeout = Patience };
        try
        {
            var address =
                host.Scheme == "unix" ? new Uri("http://docker/_ping") : new UriBuilder(host) { Scheme = "http", Path = "/_ping" }.Uri;
            using var response = await http.GetAsync(address);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
