using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using ServerSessions.Blazor.Tests.Shop;

namespace ServerSessions.Blazor.Tests.Support;

/// <summary>What the script of a page does: connects, starts a circuit, and hands the markers of the page over to it.</summary>
internal sealed partial class Connection : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly TaskCompletionSource<string> _error = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Prerendered? _page;

    private Connection(HubConnection hub)
    {
        _hub = hub;
        hub.On<int, JsonElement>("JS.RenderBatch", (id, _) => hub.SendAsync("OnRenderCompleted", (long)id, null));
        hub.On<string>("JS.Error", error => _error.TrySetResult(error));
        hub.Closed += _ =>
        {
            _closed.TrySetResult();
            return Task.CompletedTask;
        };
    }

    /// <summary>With this the script of the page takes the circuit up again.</summary>
    public string Secret { get; private set; } = "";

    /// <summary>The page in the circuit.</summary>
    public Prerendered Page => _page!;

    public IServerSessionAccessor Sessions => Page.Sessions;

    /// <summary>The error that the circuit reports to the page.</summary>
    public Task<string> Error => _error.Task.WithinBoundAsync("an error in the circuit");

    /// <summary>Ends once the server has closed the connection.</summary>
    public Task Closed => _closed.Task.WithinBoundAsync("the end of the connection");

    public static async Task<Connection> StartAsync(Uri address, CookieContainer cookies, HttpTransportType transport, string html)
    {
        var hub = NewHub(address, cookies, transport);
        var connection = new Connection(hub);
        await hub.StartAsync().WithinBoundAsync("the connection");
        connection.Secret = await hub.InvokeAsync<string>("StartCircuit", address.ToString(), address.ToString(), "[]", "")
            .WithinBoundAsync("the circuit");
        var operations = new JsonObject
        {
            ["batchId"] = 1,
            ["operations"] = new JsonArray([
                .. Marker()
                    .Matches(html)
                    .Select(
                        static (match, index) =>
                            new JsonObject
                            {
                                ["type"] = "add",
                                ["ssrComponentId"] = index + 1,
                                ["marker"] = JsonNode.Parse(match.Groups[1].Value),
                            }
                    ),
            ]),
        };
        await hub.InvokeAsync("UpdateRootComponents", operations.ToJsonString(), "").WithinBoundAsync("the components");
        return connection;
    }

    /// <summary>Takes a circuit up again with another connection, as the script of the page does.</summary>
    /// <returns>Whether the circuit takes it. Otherwise the script loads the page again.</returns>
    public static async Task<bool> ReconnectAsync(Uri address, CookieContainer cookies, string secret)
    {
        await using var hub = NewHub(address, cookies, HttpTransportType.WebSockets);
        await hub.StartAsync().WithinBoundAsync("another connection");
        return await hub.InvokeAsync<bool>("ConnectCircuit", secret).WithinBoundAsync("the circuit");
    }

    public Connection With(Prerendered page)
    {
        _page = page;
        return this;
    }

    /// <summary>Runs work in the circuit, as an event handler does.</summary>
    public async Task<T> RunAsync<T>(Func<IServerSessionAccessor, Task<T>> work)
    {
        T result = default!;
        await Page.RunAsync(async () => result = await work(Sessions)).WithinBoundAsync("work in a circuit");
        return result;
    }

    public Task RunAsync(Func<IServerSessionAccessor, Task> work) =>
        Page.RunAsync(() => work(Sessions)).WithinBoundAsync("work in a circuit");

    public async ValueTask DisposeAsync() => await _hub.DisposeAsync().AsTask().WithinBoundAsync("the end of a connection");

    private static HubConnection NewHub(Uri address, CookieContainer cookies, HttpTransportType transport) =>
        new HubConnectionBuilder()
            .WithUrl(
                new Uri(address, "_blazor"),
                options =>
                {
                    options.Transports = transport;
                    options.Cookies = cookies;
                }
            )
            .Build();

    [GeneratedRegex("""<!--Blazor:(\{[^>]*"descriptor":[^>]*\})-->""")]
    private static partial Regex Marker();
}
