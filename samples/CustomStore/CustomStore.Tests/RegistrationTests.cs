using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerSessions;

namespace CustomStore.Tests;

/// <summary>Registers the sample stores in an application.</summary>
public sealed class RegistrationTests
{
    private const string Secret = "a secret of these tests, long enough";

    [Fact]
    public async Task A_store_that_the_container_makes_keeps_a_visitors_session()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddDistributedMemoryCache();
        builder.Services.AddServerSessions(options => options.Secret = Secret).AddStore<DistributedCacheStore>();

        await VisitTwiceAsync(builder);
    }

    [Fact]
    public async Task A_store_that_a_function_makes_keeps_a_visitors_session()
    {
        var builder = WebApplication.CreateBuilder();
        builder
            .Services.AddServerSessions(options => options.Secret = Secret)
            .AddStore(services => new MinimalStore(services.GetService<TimeProvider>()) { DefaultLifetime = TimeSpan.FromHours(8) });

        await VisitTwiceAsync(builder);
    }

    [Theory]
    [InlineData("minimal:")]
    [InlineData("minimal")]
    public async Task A_store_that_the_configuration_chooses_keeps_a_visitors_session(string store)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["ServerSessions:Store"] = store;
        builder.Services.AddServerSessions(options => options.Secret = Secret).AddStoreFromConfiguration(builder.Configuration);

        await VisitTwiceAsync(builder);
    }

    private static async Task VisitTwiceAsync(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.UseServerSessions();
        app.MapGet("/", (ServerSession session) =>
        {
            session.Set("visits", session.Get<int>("visits") + 1);
            return session.Get<int>("visits").ToString(CultureInfo.InvariantCulture);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);

        using var handler = new HttpClientHandler { CookieContainer = new CookieContainer() };
        using var browser = new HttpClient(handler) { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal("1", await browser.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.Equal("2", await browser.GetStringAsync("/", TestContext.Current.CancellationToken));
    }
}
