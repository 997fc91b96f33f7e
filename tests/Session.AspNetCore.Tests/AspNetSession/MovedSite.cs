using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>The application after its move: sessions of this library, which imports those of ASP.NET Core's own.</summary>
internal sealed class MovedSite : IAsyncDisposable
{
    private MovedSite(TestApp app, RecordingStore store, OldCache cache, OldSite old) =>
        (App, Store, Cache, Old) = (app, store, cache, old);

    public TestApp App { get; }

    public RecordingStore Store { get; }

    public OldCache Cache { get; }

    /// <summary>The application before its move.</summary>
    public OldSite Old { get; }

    public static async Task<MovedSite> StartAsync(
        Action<ServerSessionOptions>? options = null,
        Action<AspNetCoreSessionImportOptions>? import = null,
        IDataProtectionProvider? keysAfterTheMove = null
    )
    {
        var (store, cache) = (new RecordingStore(), new OldCache());
        var keys = new EphemeralDataProtectionProvider();
        var app = await TestApp.StartAsync(
            Routes.Of(
                Routes.Get,
                Routes.Set,
                ("/keys", static context => context.Response.WriteAsync(string.Join(' ', context.Session.Keys))),
                ("/sign out", static async context => await context.GetServerSession().DestroyAsync()),
                ("/is new", static context => context.Response.WriteAsync(context.GetServerSession().IsNew.ToString())),
                ("/int", static context => context.Response.WriteAsync($"{context.Session.GetInt32("int")}")),
                ("/bytes", static context => context.Response.WriteAsync(Convert.ToHexString(context.Session.Get("bytes") ?? [])))
            ),
            options,
            store,
            sessions: sessions =>
            {
                sessions.Services.AddSingleton<IDistributedCache>(cache);
                sessions.ImportAspNetCoreSessions(import);
                sessions.Services.AddSingleton(keysAfterTheMove ?? keys);
            }
        );
        return new MovedSite(app, store, cache, new OldSite(cache, keys));
    }

    /// <summary>What a browser does with the cookies of a response: the ones that it sends back.</summary>
    public static string Jar(string cookie, HttpResponseMessage response)
    {
        var jar = cookie.Split("; ").ToDictionary(static pair => pair.Split('=')[0], StringComparer.Ordinal);
        foreach (var set in response.Headers.TryGetValues("Set-Cookie", out var values) ? values : [])
        {
            var name = set.Split('=')[0];
            jar.Remove(name);
            if (!set.StartsWith($"{name}=;", StringComparison.Ordinal))
            {
                jar[name] = set.Split(';')[0];
            }
        }

        return string.Join("; ", jar.Values);
    }

    public async Task<string> GetAsync(string path, string cookie)
    {
        using var response = await App.GetAsync(path, cookie);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.BodyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        Store.Dispose();
    }
}
