using MongoDB.Bson;
using MongoDB.Driver;
using ServerSessions.Conformance;
using ServerSessions.Testing;
using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>
/// After a refused login the driver takes the server for unknown until its next heartbeat. Calls of that time wait for a server, and the
/// driver's timeout does not say why there is none. An operator is told of the refused login all the same.
/// </summary>
public sealed class RefusedLoginTests
{
    private static readonly Fault Refused = Fault.Error(18, "Authentication failed.");

    private static readonly BsonDocument Accepted = new()
    {
        { "conversationId", 1 },
        { "done", true },
        { "payload", new BsonBinaryData([]) },
        { "ok", 1 },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_login_that_is_refused_after_the_server_was_away_is_told(bool isHandedIn)
    {
        await using var mongo = new TestMongo();
        await using var proxy = FaultProxy.Start(mongo.Server.Port);
        mongo.Server.Faults.All(Refused, "saslStart");
        proxy.Refuse();
        var url = Url(proxy);
        using var client = isHandedIn ? new MongoClient($"{url}&serverSelectionTimeoutMS=1000") : null;
        var store = Store(mongo, url, client, TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.OpenAsync(Cancel));

        proxy.Pass();
        await AssertRefusedOnceFoundAsync(() => store.OpenAsync(Cancel).AsTask(), SessionStoreOperation.Open);
        await AssertRefusedAsync(() => store.GetAsync("a", Cancel).AsTask(), SessionStoreOperation.Get);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_finds_no_server_since_a_login_was_refused_is_told_of_the_login(bool isHandedIn)
    {
        await using var mongo = new TestMongo();
        await using var proxy = FaultProxy.Start(mongo.Server.Port);
        mongo.Server.Faults.All(Refused, "saslStart");
        using var client = isHandedIn ? new MongoClient(Url(proxy)) : null;
        var store = Store(mongo, Url(proxy), client, TimeSpan.FromSeconds(3));
        await AssertRefusedOnceFoundAsync(() => store.OpenAsync(Cancel).AsTask(), SessionStoreOperation.Open);

        // The driver's next heartbeat, without which it does not try to log in again.
        mongo.Server.Faults.All(Fault.Hang, "hello");
        await AssertRefusedAsync(() => store.GetAsync("a", Cancel).AsTask(), SessionStoreOperation.Get);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_login_that_is_refused_to_an_open_store_is_told_to_every_one_of_many_calls_at_once(bool isHandedIn)
    {
        await using var mongo = new TestMongo();
        await using var proxy = FaultProxy.Start(mongo.Server.Port);
        mongo.Server.Faults.All(Fault.Reply(Accepted), "saslStart");
        var url = $"{Url(proxy)}&authMechanism=PLAIN";
        using var client = isHandedIn ? new MongoClient(url) : null;
        var store = Store(mongo, url, client, TimeSpan.FromSeconds(30));
        await store.SetAsync("a", mongo.Record(), Cancel);

        mongo.Server.Faults.Clear();
        mongo.Server.Faults.All(Refused, "saslStart");
        proxy.ResetConnections();
        await AssertRefusedOnceFoundAsync(() => store.GetAsync("a", Cancel).AsTask(), SessionStoreOperation.Get);
        var calls = Enumerable.Range(0, 32).Select(i => store.SetAsync($"{i}", mongo.Record(), Cancel).AsTask()).ToList();
        foreach (var call in calls)
        {
            await AssertRefusedAsync(() => call, SessionStoreOperation.Set);
        }

        mongo.Server.Faults.Clear();
        mongo.Server.Faults.All(Fault.Reply(Accepted), "saslStart");
        await store.SetAsync("a", mongo.Record(), Cancel);
    }

    private static string Url(FaultProxy proxy) => $"mongodb://user:very-wrong@{proxy.EndPoint}/?directConnection=true";

    private static MongoSessionStore Store(TestMongo mongo, string url, IMongoClient? client, TimeSpan timeout) =>
        mongo.Store(options =>
            (options.ConnectionString, options.Client, options.OperationTimeout) = (client is null ? url : "", client, timeout)
        );

    /// <summary>The driver looks for its server every half second at the most: until it has found it, calls are unavailable.</summary>
    private static Task AssertRefusedOnceFoundAsync(Func<Task> call, SessionStoreOperation operation) =>
        FaultTests.EventuallyAsync(async () =>
        {
            var error = await Assert.ThrowsAnyAsync<SessionStoreException>(call);
            if (error is SessionStoreUnavailableException)
            {
                throw error;
            }

            AssertRefused(error, operation);
        });

    private static async Task AssertRefusedAsync(Func<Task> call, SessionStoreOperation operation) =>
        AssertRefused(await Assert.ThrowsAnyAsync<SessionStoreException>(call), operation);

    private static void AssertRefused(SessionStoreException error, SessionStoreOperation operation)
    {
        Assert.Equal(("MongoDB", operation, false), (error.Backend, error.Operation, error.IsTransient));
        Assert.Contains("refused the user name or the password", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-wrong", error.ToString(), StringComparison.Ordinal);
    }
}
