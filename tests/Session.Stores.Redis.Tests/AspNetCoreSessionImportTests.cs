using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerSessions.Tests.AspNetSession;

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>Sessions that <c>AddSession()</c> has left in ASP.NET Core's own Redis cache begin again as sessions of this library.</summary>
public sealed class AspNetCoreSessionImportTests(SharedRedis server)
{
    [Fact]
    public async Task A_session_of_AspNetCores_Redis_cache_is_imported_once_with_all_values_and_its_entry_is_removed()
    {
        await using var place = await server.NewPlaceAsync();
        await using var site = await Site.StartAsync(place);
        var old = await site.BeginAsync();
        var entry = Assert.Single(await site.KeysAsync(InstanceOf(place)));
        Assert.Equal(RedisType.Hash, await site.Raw.GetDatabase().KeyTypeAsync(entry));

        using var first = await site.GetAsync(old);

        Assert.Equal("ada -42 00FF80", await first.Content.ReadAsStringAsync());
        Assert.Empty(await site.KeysAsync(InstanceOf(place)));
        Assert.Single(await site.KeysAsync(place.KeyPrefix));
        var cookies = first.Headers.GetValues("Set-Cookie").ToList();
        Assert.Contains(cookies, static cookie => cookie.StartsWith(".AspNetCore.Session=;", StringComparison.Ordinal));
        var own = cookies.Single(static cookie => cookie.StartsWith("connect.sid=", StringComparison.Ordinal)).Split(';')[0];
        using var next = await site.GetAsync(own);
        Assert.Equal("ada -42 00FF80", await next.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Parallel_first_requests_arrive_at_one_session()
    {
        await using var place = await server.NewPlaceAsync();
        await using var site = await Site.StartAsync(place);
        var old = await site.BeginAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => site.GetAsync(old)));

        foreach (var response in responses)
        {
            Assert.Equal("ada -42 00FF80", await response.Content.ReadAsStringAsync());
            response.Dispose();
        }

        Assert.Empty(await site.KeysAsync(InstanceOf(place)));
        Assert.Single(await site.KeysAsync(place.KeyPrefix));
    }

    [Fact]
    public async Task While_the_cache_is_frozen_the_response_is_503_and_afterwards_the_session_is_imported()
    {
        await using var own = await RedisServer.StartAsync();
        await using var place = own.NewPlace();
        await using var site = await Site.StartAsync(place, withOwnStore: false);
        var old = await site.BeginAsync();

        own.Process.Freeze();
        using (var failed = await site.GetAsync(old))
        {
            Assert.Equal(503, (int)failed.StatusCode);
            Assert.False(failed.Headers.Contains("Set-Cookie"));
        }

        own.Process.Thaw();
        await TestRedis.EventuallyAsync(
            async () =>
            {
                using var response = await site.GetAsync(old);
                return response.IsSuccessStatusCode && await response.Content.ReadAsStringAsync() == "ada -42 00FF80";
            },
            "the import after the cache is back"
        );
    }

    /// <summary>What the keys of the cache begin with, apart from those of the store.</summary>
    private static string InstanceOf(RedisPlace place) => $"shop:{place.KeyPrefix}";

    /// <summary>The application before and after its move, on one server.</summary>
    private sealed class Site(WebApplication app, ServiceProvider cache, OldSite old, ConnectionMultiplexer raw, int database)
        : IAsyncDisposable
    {
        private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false }, disposeHandler: true)
        {
            BaseAddress = new Uri(app.Urls.Single()),
            Timeout = Timeout.InfiniteTimeSpan,
        };

        public ConnectionMultiplexer Raw => raw;

        public static async Task<Site> StartAsync(RedisPlace place, bool withOwnStore = true)
        {
            void AddCache(IServiceCollection services) =>
                services.AddStackExchangeRedisCache(options =>
                    (options.Configuration, options.InstanceName) = (place.ConnectionString, InstanceOf(place))
                );

            var keys = new EphemeralDataProtectionProvider();
            var services = new ServiceCollection();
            AddCache(services);
            var cache = services.BuildServiceProvider();

            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            AddCache(builder.Services);
            var sessions = builder
                .Services.AddSingleton<IDataProtectionProvider>(keys)
                .AddServerSessions(static options =>
                {
                    options.Secret = "a secret of the tests, long enough for anybody";
                    options.OperationTimeout = TimeSpan.FromSeconds(1);
                })
                .ImportAspNetCoreSessions();
            if (withOwnStore)
            {
                sessions.AddRedisStore(options => (options.ConnectionString, options.Prefix) = (place.ConnectionString, place.KeyPrefix));
            }

            var app = builder.Build();
            app.UseServerSessions();
            app.Run(static context =>
                context.Response.WriteAsync(
                    $"{context.Session.GetString("user")} {context.Session.GetInt32("int")} "
                        + Convert.ToHexString(context.Session.Get("bytes") ?? [])
                )
            );
            await app.StartAsync();
            var raw = await ConnectionMultiplexer.ConnectAsync(place.ConnectionString);
            return new Site(
                app,
                cache,
                new OldSite(cache.GetRequiredService<IDistributedCache>(), keys),
                raw,
                raw.GetDatabase().Database
            );
        }

        /// <summary>Signs a visitor in with <c>AddSession()</c>, and returns the cookie.</summary>
        public Task<string> BeginAsync() =>
            old.BeginAsync(static session =>
            {
                session.SetString("user", "ada");
                session.SetInt32("int", -42);
                session.Set("bytes", [0, 0xff, 0x80]);
            });

        public async Task<HttpResponseMessage> GetAsync(string cookie)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
            return await _client.SendAsync(request);
        }

        public async Task<List<RedisKey>> KeysAsync(string prefix)
        {
            var keys = new List<RedisKey>();
            await foreach (var key in raw.GetServers()[0].KeysAsync(database, prefix + "*"))
            {
                keys.Add(key);
            }

            return keys;
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await app.DisposeAsync();
            await cache.DisposeAsync();
            await raw.DisposeAsync();
        }
    }
}
