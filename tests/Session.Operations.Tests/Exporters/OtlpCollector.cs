using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Operations.Tests.Exporters;

/// <summary>
/// Receives what an application exports by OTLP over HTTP. A protobuf message holds each text as it is, so texts are searched in its bytes.
/// </summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _received;

    private OtlpCollector(WebApplication app, ConcurrentQueue<(string, byte[])> received) => (_app, _received) = (app, received);

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var received = new ConcurrentQueue<(string, byte[])>();
        app.MapPost(
            "/v1/{signal}",
            async (string signal, HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                received.Enqueue((signal, body.ToArray()));
            }
        );
        await app.StartAsync();
        return new OtlpCollector(app, received);
    }

    /// <summary>Where a signal is sent to: <c>traces</c>, <c>metrics</c> or <c>logs</c>.</summary>
    public Uri EndpointOf(string signal) => new($"{_app.Urls.Single()}/v1/{signal}");

    /// <summary>Whether a text stands in what was received of a signal; of any without one.</summary>
    public bool Has(string text, string? signal = null)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return _received.Any(message => (signal is null || message.Signal == signal) && message.Body.AsSpan().IndexOf(bytes) >= 0);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
