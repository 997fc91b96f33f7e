using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using ServerSessions.Stores;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Operations.Tests.Exporters;

/// <summary>Applications that Prometheus scrapes, in which everything has happened that an instrument counts.</summary>
internal static partial class ScrapedApp
{
    private static readonly string Key = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]);

    /// <summary>Returns the names of the samples that the exporter shows.</summary>
    public static async Task<IReadOnlySet<string>> ScrapeAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("session-scraped-");
        try
        {
            var names = await PrunedAsync(Path.Combine(folder.FullName, "sessions.db"), cancellationToken);
            names.UnionWith(await TroubledAsync(cancellationToken));
            names.UnionWith(await MovingAsync(cancellationToken));
            return names;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>An application whose store prunes and counts.</summary>
    private static async Task<HashSet<string>> PrunedAsync(string file, CancellationToken cancellationToken)
    {
        await using var app = await OperatedApp.StartAsync(
            builder =>
            {
                Export(builder);
                builder
                    .AddSqliteStore($"Data Source={file};Pooling=false", static options => options.PruneInterval = TimeSpan.FromSeconds(1))
                    .AddSessionCount();
            },
            static options => options.IdleTimeout = TimeSpan.FromSeconds(1),
            static app => app.MapPrometheusScrapingEndpoint()
        );
        await Scenario.RunAsync(app);
        var names = new HashSet<string>();
        string[] late = ["server_session_count", "server_session_prune_removed_total", "server_session_expirations_total"];
        foreach (var awaited in late)
        {
            await Bounded.UntilAsync(
                async () =>
                {
                    // A session of a second may have expired before a busy machine stores it: then there is none to prune.
                    using var another = await app.GetAsync("/write");
                    names = await NamesAsync(app, cancellationToken);
                    return names.Contains(awaited);
                },
                awaited,
                cancellationToken
            );
        }

        return names;
    }

    /// <summary>An application in which everything goes wrong.</summary>
    private static async Task<HashSet<string>> TroubledAsync(CancellationToken cancellationToken)
    {
        await using var store = FaultySessionStore.Over(NewStore());
        await using var app = await OperatedApp.StartAsync(
            builder =>
            {
                Export(builder);
                builder.AddStore(_ => store).AddEvents<ThrowingEvents>().AddQueuedEvents<StuckEvents>(capacity: 1);
            },
            static options =>
            {
                options.Protection.Key = Key;
                options.CrossSite = SessionCrossSite.Refuse;
            },
            static app =>
            {
                app.MapPrometheusScrapingEndpoint();
                app.MapGet("/during/{path}", DuringAsync);
                app.MapPost("/post", static () => "ok");
            }
        );
        await Scenario.RunAsync(app);
        using var begin = await app.GetAsync("/write");
        using var merged = await app.GetAsync("/during/write", begin.Cookie());
        using var dropped = await app.GetAsync("/during/end", begin.Cookie());

        using var plain = await app.GetAsync("/write");
        await foreach (var entry in ((IEnumerableSessionStore)store).AllAsync(cancellationToken))
        {
            await store.SetAsync(entry.Sid, new SessionRecord("""{"cookie":{"originalMaxAge":null}}"""u8, null), cancellationToken);
        }

        using var refused = await app.GetAsync("/read", plain.Cookie());
        using var another = await app.GetAsync("/write");
        store.Inject(StoreFault.Fails, SessionStoreOperation.TrySet);
        using var notEnded = await app.GetAsync("/end", another.Cookie());
        store.Inject(StoreFault.Fails);
        using var failed = await app.GetAsync("/read", plain.Cookie());
        using var post = new HttpRequestMessage(HttpMethod.Post, "/post") { Headers = { { "Sec-Fetch-Site", "cross-site" } } };
        using var crossSite = await app.Client.SendAsync(post, cancellationToken);
        var names = await NamesAsync(app, cancellationToken);
        StuckEvents.Release.TrySetResult();
        return names;
    }

    /// <summary>An application that moves: one session is read, and one is in both stores.</summary>
    private static async Task<HashSet<string>> MovingAsync(CancellationToken cancellationToken)
    {
        var (old, fresh) = (NewStore(), NewStore());
        await using var app = await OperatedApp.StartAsync(
            builder =>
            {
                Export(builder);
                builder.MoveStore(from => from.AddStore(_ => old), to => to.AddStore(_ => fresh), SessionMoveMode.CarryToNew);
            },
            endpoints: static app => app.MapPrometheusScrapingEndpoint()
        );
        var record = new SessionRecord("""{"cookie":{"originalMaxAge":null}}"""u8, null);
        await old.SetAsync("read", record, cancellationToken);
        await old.SetAsync("both", record, cancellationToken);
        await fresh.SetAsync("both", record, cancellationToken);
        var move = (MovingSessionStore)app.Services.GetRequiredService<ISessionStore>();
        await move.GetAsync("read", cancellationToken);
        await StoreMove.DrainAsync(move, cancellationToken: cancellationToken);
        return await NamesAsync(app, cancellationToken);
    }

    private static MemorySessionStore NewStore() => new(new MemorySessionStoreOptions(), TimeProvider.System);

    private static void Export(IServerSessionBuilder builder) =>
        builder
            .Services.AddOpenTelemetry()
            .WithMetrics(static metrics => metrics.AddServerSessionInstrumentation().AddPrometheusExporter());

    /// <summary>Changes the session after another request of the same browser has done something to it.</summary>
    private static async Task DuringAsync(HttpContext context, string path, ServerSession session)
    {
        session.Set("during", path);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{context.Request.Host}/{path}");
        request.Headers.Add("Cookie", context.Request.Headers.Cookie.ToString());
        using var response = await client.SendAsync(request);
    }

    private static async Task<HashSet<string>> NamesAsync(OperatedApp app, CancellationToken cancellationToken)
    {
        var text = await app.Client.GetStringAsync("/metrics", cancellationToken);
        return [.. Sample().Matches(text).Select(static match => match.Value)];
    }

    [GeneratedRegex("^server_session_[a-z_]+", RegexOptions.Multiline)]
    private static partial Regex Sample();

    private sealed class ThrowingEvents : IServerSessionEvents
    {
        public ValueTask CreatedAsync(SessionCreated created) => throw new InvalidOperationException("mine");
    }

    private sealed class StuckEvents : IServerSessionEvents
    {
        public static TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask CreatedAsync(SessionCreated created) => new(Release.Task);
    }
}
