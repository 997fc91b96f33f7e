using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions;
using ServerSessions.Stores.Memory;
using ServerSessions.Testing;

namespace NativeAot.Tests;

/// <summary>The application over HTTP, on a store that fails.</summary>
public sealed class OutageTests : IAsyncDisposable
{
    private readonly FaultySessionStore _store = FaultySessionStore.Over(new MemorySessionStore(new MemorySessionStoreOptions()));
    private readonly WebApplicationFactory<Program> _factory;

    public OutageTests() =>
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services =>
                services.Configure<ServerSessionOptions>(options =>
                {
                    options.Secret = "the secret of a session that is in tests only";
                    options.Store = _store;
                    options.OperationTimeout = TimeSpan.FromSeconds(2);
                })
            )
        );

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_connection_is_a_503_and_no_line_is_lost()
    {
        using var browser = _factory.CreateClient();
        Assert.Equal("tea was added.", (await AddAsync(browser, "tea")).Notice);

        _store.Disconnect();
        using var during = await browser.GetAsync(new Uri("/", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, during.StatusCode);

        _store.Connect();
        Assert.Equal(["tea", "cake"], (await AddAsync(browser, "cake")).Lines);
    }

    [Fact]
    public async Task A_store_that_hangs_is_given_up_and_one_that_is_slow_is_waited_for()
    {
        using var browser = _factory.CreateClient();
        await AddAsync(browser, "tea");

        _store.Inject(StoreFault.Hangs, SessionStoreOperation.Get);
        using var during = await browser.GetAsync(new Uri("/", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, during.StatusCode);

        _store.Recover();
        _store.Inject(StoreFault.Slow(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(["tea", "cake"], (await AddAsync(browser, "cake")).Lines);
    }

    [Fact]
    public async Task A_code_whose_removal_got_no_reply_works_for_no_one()
    {
        using var browser = _factory.CreateClient();
        using var sent = await browser.PostAsync(new Uri("/codes/123", UriKind.Relative), null, Cancel);
        sent.EnsureSuccessStatusCode();

        // The first conditional write of the request counts the attempt, the second takes the code.
        _store.Inject(StoreFault.LosesReply, SessionStoreOperation.TrySet, skip: 1, times: 1);
        using var lost = await browser.PostAsync(new Uri("/redeem/123", UriKind.Relative), null, Cancel);
        using var again = await browser.PostAsync(new Uri("/redeem/123", UriKind.Relative), null, Cancel);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.NotFound), (lost.StatusCode, again.StatusCode));
        Assert.Equal(1, _store.Faults);
    }

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static async Task<Page> AddAsync(HttpClient browser, string line)
    {
        using var response = await browser.PostAsync(new Uri($"/lines/{line}", UriKind.Relative), null, Cancel);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(ShopJson.Default.Page, Cancel))!;
    }
}
