using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Tests.Beside;

/// <summary>What the README says of ASP.NET Core's own <c>AddSession()</c>.</summary>
public sealed class AddSessionTests
{
    private readonly Cache _cache = new();

    [Fact]
    public async Task Its_session_is_saved_after_the_response_was_written()
    {
        await using var site = await StartAsync(static app => app.MapGet("/set", static async context =>
            {
                context.Session.SetString("user", "ada");
                await context.Response.WriteAsync("written");
            }));
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cache.BeforeSet = () => saved.Task;

        using var response = await site.Client.GetAsync(
            "/set",
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var bytes = new byte["written".Length];
        await body.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken).AsTask().WithinBoundAsync("the body");

        Assert.Equal("written"u8.ToArray(), bytes);
        Assert.Equal(0, _cache.Sets);
        saved.SetResult();
    }

    [Fact]
    public async Task Of_two_requests_at_once_the_later_one_replaces_all_keys()
    {
        var (hasRead, mayGoOn) = (
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        await using var site = await StartAsync(app =>
        {
            app.MapGet("/slow", async (HttpContext context) =>
            {
                await context.Session.LoadAsync();
                hasRead.SetResult();
                await mayGoOn.Task;
                context.Session.SetString("slow", "1");
            });
            app.MapGet("/quick", static (HttpContext context) => context.Session.SetString("quick", "1"));
            app.MapGet("/keys", static (HttpContext context) => string.Join(' ', context.Session.Keys.Order(StringComparer.Ordinal)));
        });
        var cookie = await BeginAsync(site);

        var slow = GetAsync(site, "/slow", cookie);
        await hasRead.Task.WithinBoundAsync("the first request's read");
        await GetAsync(site, "/quick", cookie);
        mayGoOn.SetResult();
        await slow;

        Assert.Equal("slow user", await GetAsync(site, "/keys", cookie));
    }

    [Fact]
    public async Task Its_id_stays_after_Clear()
    {
        await using var site = await StartAsync(static app =>
        {
            app.MapGet("/id", static (HttpContext context) => context.Session.Id);
            app.MapGet("/clear", static (HttpContext context) => context.Session.Clear());
        });
        var cookie = await BeginAsync(site);
        var id = await GetAsync(site, "/id", cookie);

        await GetAsync(site, "/clear", cookie);

        Assert.Equal(id, await GetAsync(site, "/id", cookie));
    }

    [Fact]
    public async Task While_its_store_fails_the_request_sees_an_empty_session()
    {
        await using var site = await StartAsync(static app =>
            app.MapGet("/user", static (HttpContext context) => context.Session.GetString("user") ?? "anonymous")
        );
        var cookie = await BeginAsync(site);
        Assert.Equal("ada", await GetAsync(site, "/user", cookie));

        _cache.Fails = true;

        Assert.Equal("anonymous", await GetAsync(site, "/user", cookie));
    }

    [Fact]
    public async Task With_both_middlewares_HttpContext_Session_is_that_of_the_one_behind_and_each_keeps_its_own_values()
    {
        await using var site = await StartAsync(static app =>
            app.MapGet("/both", static (HttpContext context) =>
            {
                context.GetServerSession().Set("user", "eve");
                return $"{context.Session.GetString("user")} {context.GetServerSession().Get<string>("user")}";
            })
        );
        var cookie = await BeginAsync(site);

        Assert.Equal("ada eve", await GetAsync(site, "/both", cookie));
    }

    private Task<SiteOfOthers> StartAsync(Action<WebApplication> map) =>
        SiteOfOthers.StartAsync(
            builder => builder.Services.AddSingleton<IDistributedCache>(_cache).AddSession(),
            app =>
            {
                app.UseSession();
                app.MapGet("/begin", static (HttpContext context) => context.Session.SetString("user", "ada"));
                map(app);
            }
        );

    private static async Task<string> BeginAsync(SiteOfOthers site)
    {
        using var response = await site.Client.GetAsync("/begin", TestContext.Current.CancellationToken);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static async Task<string> GetAsync(SiteOfOthers site, string path, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        using var response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The cache in memory, that fails or waits if it is told to.</summary>
    private sealed class Cache : IDistributedCache
    {
        private readonly MemoryDistributedCache _memory = new(Options.Create(new MemoryDistributedCacheOptions()));

        public bool Fails { get; set; }

        public Func<Task> BeforeSet { get; set; } = static () => Task.CompletedTask;

        public int Sets { get; private set; }

        public byte[]? Get(string key) => Fails ? throw new InvalidOperationException("The cache is away.") : _memory.Get(key);

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Task.FromResult(Get(key));

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

        public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
        {
            await BeforeSet();
            await _memory.SetAsync(key, value, options, token);
            Sets++;
        }

        public void Refresh(string key) => _memory.Refresh(key);

        public Task RefreshAsync(string key, CancellationToken token = default) =>
            Fails ? throw new InvalidOperationException("The cache is away.") : _memory.RefreshAsync(key, token);

        public void Remove(string key) => _memory.Remove(key);

        public Task RemoveAsync(string key, CancellationToken token = default) => _memory.RemoveAsync(key, token);
    }
}
