using ServerSessions.Interop.Host;

namespace ServerSessions.Interop.Driver;

/// <summary>Starts this project's host, in this process.</summary>
internal static class ProjectHost
{
    public static async Task<RunningHost> StartAsync(StoreKind store, string optionsJson)
    {
        var folder = store == StoreKind.Sqlite ? Directory.CreateTempSubdirectory("session-interop-") : null;
        var app = InteropApp.Create(
            "http://127.0.0.1:0",
            folder is null ? "memory" : $"sqlite:{Path.Combine(folder.FullName, "sessions.db")}",
            optionsJson
        );
        await app.StartAsync();
        return new RunningHost(new Uri(app.Urls.Single()), async () =>
        {
            await app.DisposeAsync();
            folder?.Delete(recursive: true);
        });
    }
}
