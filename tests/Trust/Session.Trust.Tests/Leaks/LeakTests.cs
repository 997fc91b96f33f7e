using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Leaks;

/// <summary>
/// Nothing that is logged, measured, traced or thrown shows an id, a cookie, the secret or a payload (T15). All hosts of this project are
/// watched all the time, and <see cref="Fleet"/> fails when it ends where something was seen; here are the scenarios that others leave out,
/// and the proof that the watch sees.
/// </summary>
public sealed class LeakTests(Fleet fleet, ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Plants =>
        [
            "message",
            "value",
            "scope",
            "exception",
            "inner exception",
            "thrown",
            "metric tag",
            "activity name",
            "activity tag",
            "activity event",
            "activity baggage",
        ];

    [Theory]
    [MemberData(nameof(Plants))]
    public async Task What_is_planted_is_found(string place)
    {
        foreach (var secret in (string[])["id", "cookie", "secret", "payload", "signature"])
        {
            // Marks of their own: activities and metrics are everybody's, and the shared collector shall not find what is planted here.
            using var collector = new LeakCollector("planted-secret", "planted-payload");
            var sid = Sessions.NewSid();
            collector.AddSid(sid);
            var text = secret switch
            {
                "id" => $"id={sid};",
                "cookie" => SignedCookie.Of(sid),
                "secret" => "key 'planted-secret'",
                "payload" => "{\"a\":\"planted-payload-1\"}",
                _ => $"({SignedCookie.SignatureOf(sid, LeakCollector.Secret)})",
            };
            Assert.Empty(collector.Hits);
            await PlantAsync(place, text, collector);
            Assert.NotEmpty(collector.Hits);
        }
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task A_session_that_goes_wrong_in_every_way_shows_nothing(string backend)
    {
        using var collector = new LeakCollector();
        var inner = (await fleet.Places.NewAsync(backend)).Open();
        var store = FaultySessionStore.Over(inner);
        foreach (
            var change in (Action<ServerSessionOptions>[])
                [
                    static _ => { },
                    static options =>
                        (options.WhenLoadFails, options.WhenSaveFails) = (SessionFailureBehavior.Throw, SessionFailureBehavior.Throw),
                    static options => options.Protection.HashIds = true,
                    // The same id twice: refused, without saying which.
                    static options =>
                        options.GenerateSid = static _ => "always-the-same-id-of-32-letters",
                ]
        )
        {
            await using var host = await TrustHost.StartAsync(store, change, leaks: collector);
            collector.AddSid("always-the-same-id-of-32-letters");
            var cookie = (await host.Client.SendAsync("/login", value: LeakCollector.Payload)).Cookie;
            foreach (var path in (string[])["/set", "/get", "/touch", "/regenerate", "/login", "/logout", "/keys"])
            {
                await host.Client.SendAsync(path, cookie, "key", LeakCollector.Payload);
                for (var step = 1; step <= 4; step++)
                {
                    store.Recover();
                    store.Inject(step % 2 == 0 ? StoreFault.LosesReply : StoreFault.Fails, skip: step - 1, times: 1);
                    await host.Client.SendAsync(path, cookie, "key", LeakCollector.Payload);
                }

                store.Recover();
                cookie = (await host.Client.SendAsync("/login", value: LeakCollector.Payload)).Cookie ?? cookie;
            }
        }

        // What a record can be that is no session.
        await using var reading = await TrustHost.StartAsync(inner, leaks: collector);
        foreach (
            var payload in (string[])
                [
                    $$"""{"cookie":{},"a":"{{LeakCollector.Payload}}""",
                    $$"""{"cookie":"{{LeakCollector.Payload}}"}""",
                    $$$"""{"cookie":{"originalMaxAge":"{{{LeakCollector.Payload}}}"}}""",
                    $$"""{"cookie":{},"a":[{{LeakCollector.Payload}}]}""",
                    $$"""["{{LeakCollector.Payload}}"]""",
                    $"{LeakCollector.Payload}",
                ]
        )
        {
            var sid = Sessions.NewSid();
            collector.AddSid(sid);
            try
            {
                await inner.SetAsync(sid, new SessionRecord(Encoding.UTF8.GetBytes(payload), null), Cancel);
            }
            catch (SessionStoreException refused)
            {
                // Some backends hold well-formed sessions only.
                collector.Look("an exception of the store", refused.ToString());
            }

            var answer = await reading.Client.SendAsync("/get", SignedCookie.Of(sid), TrustEndpoints.Owner);
            Assert.True(answer.Status >= 500 || answer.Body == TrustEndpoints.None, $"{answer.Status}");
        }

        await reading.DisposeAsync();
        await StorePlace.CloseAsync(inner);
        output.WriteLine($"{backend}: {collector.Report()}");
        Assert.Empty(collector.Hits);
        Assert.True(collector.Looked > 1000);
    }

    [Theory]
    [InlineData("redis", false)]
    [InlineData("postgres", true)]
    [InlineData("mysql", false)]
    [InlineData("mongo", true)]
    public async Task A_driver_that_logs_all_it_does_shows_nothing_of_hashed_ids_and_encrypted_payloads(string backend, bool showsWhatIsNot)
    {
        var place = await fleet.Places.NewAsync(backend);
        foreach (var hidden in (bool[])[true, false])
        {
            // Activities are everybody's: the shared collector must not know what is shown here on purpose.
            using var collector = new LeakCollector(payloadMark: "driver-payload");
            using var logging = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(collector.Logging));
            await using var store = await LoggingStores.OpenAsync(place, logging);
            await using var host = await TrustHost.StartAsync(
                store.Store,
                protection: builder =>
                    builder.Services.Configure<ServerSessionOptions>(options =>
                    {
                        options.Protection.HashIds = hidden;
                        if (hidden)
                        {
                            options.Protection.Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
                        }
                    }),
                leaks: collector
            );
            var cookie = (await host.Client.SendAsync("/login", value: "driver-payload-1")).TheCookie;
            foreach (var path in (string[])["/set", "/get", "/regenerate", "/touch", "/logout"])
            {
                var answer = await host.Client.SendAsync(path, cookie, "key", "driver-payload-2");
                cookie = answer.Cookie ?? cookie;
            }

            output.WriteLine($"{backend}, {(hidden ? "hashed and encrypted" : "in the clear")}: {collector.Report()}");
            Assert.Equal(hidden || !showsWhatIsNot, collector.Hits.Count == 0);
        }
    }

    private static async Task PlantAsync(string place, string text, LeakCollector collector)
    {
        var logger = collector.Logging.CreateLogger("Planted");
        var values = new Dictionary<string, object?> { ["sid"] = text };
        switch (place)
        {
            case "message":
                Write(logger, text, null);
                break;
            case "value":
                logger.Log(LogLevel.Trace, default, values, null, static (_, _) => "nothing");
                break;
            case "scope":
                using (logger.BeginScope(values))
                {
                    break;
                }

            case "exception":
                Write(logger, "nothing", new InvalidOperationException(text));
                break;
            case "inner exception":
                Write(logger, "nothing", new InvalidOperationException("nothing", new AggregateException(new IOException(text))));
                break;
            case "thrown":
                await using (
                    var host = await TrustHost.StartAsync(
                        new AskedStore(),
                        handler: _ => throw new InvalidOperationException(text),
                        leaks: collector
                    )
                )
                {
                    Assert.Equal(500, (await host.Client.SendAsync("/")).Status);
                }

                break;
            case "metric tag":
                using (var meter = new Meter("Planted"))
                {
                    meter.CreateCounter<int>("planted").Add(1, new KeyValuePair<string, object?>("sid", text));
                }

                break;
            default:
                using (var source = new ActivitySource("Planted"))
                using (var activity = source.StartActivity(place == "activity name" ? text : "planted")!)
                {
                    activity.SetTag("sid", place == "activity tag" ? text : "nothing");
                    activity.SetBaggage("sid", place == "activity baggage" ? text : "nothing");
                    activity.AddEvent(
                        new ActivityEvent(
                            "event",
                            tags: new ActivityTagsCollection { ["sid"] = place == "activity event" ? text : "nothing" }
                        )
                    );
                }

                break;
        }
    }

    private static void Write(ILogger logger, string text, Exception? exception) =>
        logger.Log(LogLevel.Trace, default, text, exception, static (state, _) => state);
}
