using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Memory;
using ServerSessions.Testing;

namespace ServerSessions.Tests.Rules;

/// <summary>
/// What a session costs in bytes: the same request with and without the middleware, on the memory store. Bytes are the same on every
/// machine, which times are not.
/// </summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Requests = 500;

    private static readonly IHttpRequestLifetimeFeature Lifetime = new HttpRequestLifetimeFeature();

    [Fact]
    public async Task A_request_that_only_reads_allocates_at_most_one_and_a_half_kilobytes_more() =>
        await AssertCostAsync(static session => session.Get<int>("n"), 1_536);

    [Fact]
    public async Task A_request_that_reads_and_writes_allocates_at_most_two_and_a_half_kilobytes_more() =>
        await AssertCostAsync(static session => session.Set("n", session.Get<int>("n") + 1), 2_560);

    [Fact]
    public async Task A_request_without_a_session_allocates_at_most_192_bytes_more()
    {
        await using var services = Services(new MemorySessionStore(new MemorySessionStoreOptions(), TimeProvider.System));
        var with = await BytesAsync(Pipeline(services, static _ => { }), cookie: null);
        var without = await BytesAsync(Pipeline(null, static _ => { }), cookie: null);
        output.WriteLine($"{with - without} bytes more");

        Assert.InRange(with - without, 0, 192);
    }

    private async Task AssertCostAsync(Action<ServerSession> use, int most)
    {
        using var store = new MemorySessionStore(new MemorySessionStoreOptions(), TimeProvider.System);
        await using var services = Services(store);
        var begin = await SendAsync(Pipeline(services, static context => context.GetServerSession().Set("n", 1)), null);
        var cookie = begin.Headers.SetCookie.ToString().Split(';')[0];

        var with = await BytesAsync(Pipeline(services, context => use(context.GetServerSession())), cookie);
        var without = await BytesAsync(Pipeline(null, static _ => { }), cookie);
        output.WriteLine($"{with - without} bytes more");

        Assert.InRange(with - without, 0, most);
    }

    /// <summary>The bytes that a request allocates once everything is warm.</summary>
    private static async Task<long> BytesAsync(RequestDelegate pipeline, string? cookie)
    {
        for (var i = 0; i < Requests; i++)
        {
            await SendAsync(pipeline, cookie);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Requests; i++)
        {
            var request = SendAsync(pipeline, cookie);
            Assert.True(request.IsCompletedSuccessfully, "The memory store answers at once, so nothing leaves this thread.");
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Requests;
    }

    private static async Task<HttpResponse> SendAsync(RequestDelegate pipeline, string? cookie)
    {
        // Room for features, headers and callbacks, and the features themselves, as a server has them.
        var features = new FeatureCollection(initialCapacity: 16);
        var response = new StartingResponse { Headers = new HeaderDictionary(8) };
        features.Set<IHttpRequestFeature>(new HttpRequestFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set(Lifetime);
        var context = new DefaultHttpContext(features);
        context.Features.Set<IHttpResponseFeature>(response);
        context.Request.Headers.Cookie = cookie;
        context.Request.Path = "/";
        await pipeline(context);
        await response.StartAsync();
        return context.Response;
    }

    private static ServiceProvider Services(ISessionStore store)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services
            .AddServerSessions(static options =>
            {
                options.Secret = TestApp.Secret;
                options.Cookie.MaxAge = TimeSpan.FromHours(1);
            })
            .AddStore(_ => store);
        return services.BuildServiceProvider();
    }

    private static RequestDelegate Pipeline(ServiceProvider? services, Action<HttpContext> handler)
    {
        var app = new ApplicationBuilder(services ?? new ServiceCollection().BuildServiceProvider());
        if (services is not null)
        {
            app.UseServerSessions();
        }

        app.Run(context =>
        {
            handler(context);
            return context.Response.WriteAsync("ok");
        });
        return app.Build();
    }
}
