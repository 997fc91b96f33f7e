using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>
/// One server: Kestrel on a free loopback port, which it names in its first line. It replies to each line of its standard input with the
/// calls of the store since the first line, and ends when that does.
/// </summary>
internal static class ServerCommand
{
    public static async Task RunAsync(Backend backend, Contender contender, string place, SessionTouchOnRead touchOnRead)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Action<WebApplication> map = contender switch
        {
            Contender.Floor => await Floor.PrepareAsync(backend, place),
            Contender.StoreAlone => StoreAlone.Prepare(backend, place),
            Contender.ThisProject => ThisProject.Prepare(builder.Services, backend, place, touchOnRead),
            Contender.AspNetCore => AspNetCoreSession.Prepare(builder.Services, backend, place),
            _ => throw new ArgumentOutOfRangeException(nameof(contender), contender, "Not served by .NET."),
        };
        await using var app = builder.Build();
        map(app);
        app.MapGet("/none", (RequestDelegate)Answer.OkAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        await Console.Out.WriteLineAsync($"port {new Uri(address).Port}");
        StoreCallCount? calls = null;
        while (await Console.In.ReadLineAsync() is not null)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize((calls ??= new StoreCallCount()).Numbers));
        }

        calls?.Dispose();
        await app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(2)).Token);
    }
}
