using ServerSessions.Testing;

namespace Demo.Tests;

/// <summary>Two instances of one application behind a proxy without affinity: visitors do not notice which one they reach.</summary>
public sealed class TwoInstancesTests(SharedPostgres postgres) : IDisposable
{
    private readonly DatabaseFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task On_Redis_parallel_clicks_count_and_a_sign_out_ends_the_session_on_the_other_instance()
    {
        await using var redis = await RedisServer.StartAsync();
        await ClickAndSignOutAsync(redis.Url);
    }

    [Fact]
    public async Task On_PostgreSQL_parallel_clicks_count_and_a_sign_out_ends_the_session_on_the_other_instance()
    {
        await using var place = await postgres.NewPlaceAsync();
        await ClickAndSignOutAsync(place.Url);
    }

    [Fact]
    public Task On_SQLite_parallel_clicks_count_and_a_sign_out_ends_the_session_on_the_other_instance() =>
        ClickAndSignOutAsync($"sqlite:{_file.Path}");

    [Fact]
    public async Task While_one_instance_after_the_other_restarts_every_request_has_a_response_and_the_session_stays()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var sample = await TwoInstances.StartAsync(redis.Url);
        await UntilBothServeAsync(sample);
        using var browser = new Browser(sample.Address);
        await browser.PostAsync("/sign-in/ada");
        var clicks = 0;

        for (var instance = 0; instance < 2; instance++)
        {
            await sample.StopShopAsync(instance);
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal($"{++clicks}", await browser.PostAsync("/click"));
            }

            await sample.StartShopAgainAsync(instance);
            await UntilBothServeAsync(sample);
        }

        Assert.Equal($"ada, {clicks} clicks, cart: ", await browser.GetAsync("/"));
    }

    [Fact]
    public async Task The_script_of_the_README_and_the_workflow_clicks_on_both_instances()
    {
        Assert.SkipWhen(Programs.Find("curl") is null, "curl is not installed.");
        await using var sample = await TwoInstances.StartAsync($"sqlite:{_file.Path}");
        await UntilBothServeAsync(sample);

        Assert.Equal((0, "Both instances have counted in one session.\n"), await sample.RunScriptAsync());
        await sample.StopShopAsync(1);

        var (exitCode, output) = await sample.RunScriptAsync();
        Assert.Equal((1, "Expected '2', got '1'.\n"), (exitCode, output));
    }

    private static async Task ClickAndSignOutAsync(string store)
    {
        const int Clicks = 24;
        await using var sample = await TwoInstances.StartAsync(store);
        await UntilBothServeAsync(sample);
        using var browser = new Browser(sample.Address);
        await browser.PostAsync("/sign-in/ada");
        using var copy = browser.MoveTo(sample.AddressOf(1));

        var instances = new HashSet<string>();
        var clicks = Enumerable.Range(0, Clicks).Select(_ => browser.SendAsync(HttpMethod.Post, "/click"));
        var teas = Enumerable.Range(10, 8).Select(tea => browser.SendAsync(HttpMethod.Post, $"/cart/{tea}"));
        foreach (var response in await Task.WhenAll(clicks.Concat(teas)))
        {
            response.EnsureSuccessStatusCode();
            instances.Add(response.Headers.GetValues("X-Instance").Single());
            response.Dispose();
        }

        Assert.Equal(["one", "two"], instances.Order());
        Assert.Equal(
            $"ada, {Clicks} clicks, cart: {string.Join(' ', Enumerable.Range(10, 8).Select(static tea => $"cart:{tea}"))}",
            await copy.GetAsync("/")
        );

        using var first = browser.MoveTo(sample.AddressOf(0));
        await first.PostAsync("/sign-out");
        Assert.Equal("visitor, 0 clicks, cart: ", await copy.GetAsync("/"));
    }

    /// <summary>
    /// Waits until the proxy sends requests to both. The deadlines of a store are two seconds, which a new process on a busy machine may
    /// need more of: its first request is someone else's.
    /// </summary>
    private static async Task UntilBothServeAsync(TwoInstances sample)
    {
        using var someone = new Browser(sample.Address);
        var seen = new HashSet<string>();
        await Bounded.UntilAsync(
            async () =>
            {
                using var response = await someone.SendAsync(HttpMethod.Post, "/click");
                if (response.IsSuccessStatusCode)
                {
                    seen.Add(response.Headers.GetValues("X-Instance").Single());
                }

                return seen.Count == 2;
            },
            "responses of both instances",
            TestContext.Current.CancellationToken
        );
    }
}
