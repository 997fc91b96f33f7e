using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using ServerSessions.Testing;
using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>What goes wrong between the store and the server, on the server for tests, which can be told to do so.</summary>
public sealed class FaultTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_gone_is_unavailable_and_once_it_is_back_the_same_store_works()
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store(options => options.OperationTimeout = Short);
        await store.SetAsync("very-secret-id", mongo.Record(), Cancel);
        await mongo.Server.StopAsync();
        await IsUnavailableAsync(() => store.GetAsync("very-secret-id", Cancel).AsTask());
        await IsUnavailableAsync(() => store.SetAsync("very-secret-id", mongo.Record(), Cancel).AsTask());
        await IsUnavailableAsync(() => store.AllAsync(Cancel).ToListAsync(Cancel).AsTask());

        mongo.Server.Resume();
        await EventuallyAsync(() => store.SetAsync("a", mongo.Record(), Cancel));
        Assert.NotNull(await store.GetAsync("very-secret-id", Cancel));
    }

    [Fact]
    public async Task A_server_that_was_never_there_is_unavailable_within_the_operation_timeout()
    {
        await using var mongo = new TestMongo();
        await mongo.Server.StopAsync();
        var store = mongo.Store(options => options.OperationTimeout = TimeSpan.FromSeconds(2));
        var started = Stopwatch.GetTimestamp();
        await IsUnavailableAsync(() => store.OpenAsync(Cancel).AsTask());

        // Not a measure of speed: the driver's own patience would be 30 seconds.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_unavailable_and_a_callers_token_ends_the_wait_at_once()
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store(options => options.OperationTimeout = Short);
        await store.OpenAsync(Cancel);
        mongo.Server.Faults.Next(1, Fault.Hang, "find");
        var error = await IsUnavailableAsync(() => store.GetAsync("very-secret-id", Cancel).AsTask());
        Assert.Contains("OperationTimeout", error.Message, StringComparison.Ordinal);

        var patient = mongo.Store();
        await patient.OpenAsync(Cancel);
        mongo.Server.Faults.Next(1, Fault.Hang, "find");
        using var cancelling = new CancellationTokenSource();
        var call = patient.GetAsync("a", cancelling.Token).AsTask();

        // Cancelled before the server had it, it would leave the fault to the next.
        await mongo.Server.Faults.AllHappened.WaitAsync(Cancel);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Null(await patient.GetAsync("a", Cancel));
    }

    [Theory]
    [InlineData(10107)]
    [InlineData(91)]
    [InlineData(11600)]
    [InlineData(189)]
    public async Task A_server_that_is_no_longer_primary_or_shuts_down_is_a_transient_error(int code)
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store(options => options.OperationTimeout = TimeSpan.FromSeconds(5));
        await store.OpenAsync(Cancel);
        mongo.Server.Faults.Next(1, Fault.Error(code, "very-secret-id"), "update");
        await IsUnavailableAsync(() => store.SetAsync("very-secret-id", mongo.Record(), Cancel).AsTask());
        await EventuallyAsync(() => store.SetAsync("very-secret-id", mongo.Record(), Cancel));
        Assert.NotNull(await store.GetAsync("very-secret-id", Cancel));
    }

    [Fact]
    public async Task On_a_replica_set_a_write_whose_answer_is_lost_is_done_once()
    {
        await using var mongo = new TestMongo(replicaSet: "rs0");
        var store = mongo.Store();
        var first = mongo.Record("1");
        await store.SetAsync("a", first, Cancel);
        mongo.Server.Faults.Next(1, Fault.CloseAfter, "update");
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", mongo.Record("2"), first, Cancel));
        mongo.Server.Faults.Next(1, Fault.Error(10107), "update");
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", mongo.Record("3"), first, Cancel));
        mongo.Server.Faults.Next(1, Fault.CloseAfter, "update");
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("b", mongo.Record("2"), null, Cancel));
        Assert.Equal(TestMongo.Payload("2"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task On_a_standalone_a_write_whose_answer_is_lost_is_unavailable_and_may_have_been_done()
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store();
        await store.OpenAsync(Cancel);
        mongo.Server.Faults.Next(1, Fault.CloseAfter, "update");
        await IsUnavailableAsync(() => store.SetAsync("very-secret-id", mongo.Record(), Cancel).AsTask());
        await EventuallyAsync(async () => Assert.NotNull(await store.GetAsync("very-secret-id", Cancel)));
    }

    [Theory]
    [InlineData(13, "readWrite")]
    [InlineData(121, "validation rules")]
    [InlineData(10334, "16 MB")]
    [InlineData(14031, "disk is full")]
    [InlineData(8000, "error 8000")]
    public async Task What_the_server_says_is_told_in_words_and_its_text_is_not_repeated(int code, string says)
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store();
        await store.OpenAsync(Cancel);
        foreach (var fault in (Fault[])[Fault.Error(code, "very-secret-id"), Fault.WriteError(code, "very-secret-id")])
        {
            mongo.Server.Faults.Next(1, fault, "update");
            var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
                await store.SetAsync("very-secret-id", mongo.Record("very-secret-payload"), Cancel)
            );
            Assert.False(error.IsTransient);
            Assert.Equal("MongoDB", error.Backend);
            Assert.Equal(SessionStoreOperation.Set, error.Operation);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_upsert_that_loses_its_race_is_done_again_and_one_that_always_loses_says_so()
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store();
        await store.OpenAsync(Cancel);
        mongo.Server.Faults.Next(3, Fault.WriteError(11000, "E11000 dup key: { _id: \"very-secret-id\" }"), "update");
        await store.SetAsync("very-secret-id", mongo.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("very-secret-id", Cancel));

        mongo.Server.Faults.All(Fault.WriteError(11000, "E11000 dup key: { _id: \"very-secret-id\" }"), "update");
        await IsUnavailableAsync(() => store.SetAsync("very-secret-id", mongo.Record(), Cancel).AsTask());
    }

    [Fact]
    public async Task A_write_concern_that_is_not_met_is_an_error()
    {
        await using var mongo = new TestMongo(replicaSet: "rs0");
        var store = mongo.Store(options => (options.WriteConcern, options.CreateIndex) = (new WriteConcern(3), false));
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync("a", mongo.Record(), Cancel));
        Assert.Contains("fewer members", error.Message, StringComparison.Ordinal);

        var majority = mongo.Store(options => options.WriteConcern = WriteConcern.WMajority);
        await majority.SetAsync("a", mongo.Record(), Cancel);
        Assert.Equal("majority", mongo.Server.Commands.Last(command => command.Contains("update"))["writeConcern"]["w"].AsString);
        mongo.Server.Faults.Next(1, Fault.WriteConcernError(64), "update");
        await IsUnavailableAsync(() => majority.SetAsync("a", mongo.Record(), Cancel).AsTask());
    }

    [Fact]
    public async Task Each_operation_is_one_command()
    {
        await using var mongo = new TestMongo(replicaSet: "rs0");
        var store = mongo.Store();
        await store.OpenAsync(Cancel);
        mongo.Server.ForgetCommands();
        var record = mongo.Record();
        await store.SetAsync("a", record, Cancel);
        await store.GetAsync("a", Cancel);
        await store.TouchAsync("a", record, Cancel);
        await store.TrySetAsync("a", mongo.Record("b"), record, Cancel);
        await store.TrySetAsync("b", mongo.Record("b"), null, Cancel);
        await store.DestroyAsync("a", Cancel);
        await store.LengthAsync(Cancel);
        Assert.Equal(
            ["update", "find", "update", "update", "update", "delete", "aggregate"],
            mongo.Server.Commands.Select(command => command.GetElement(0).Name)
        );
        Assert.All(mongo.Server.Commands, command =>
            Assert.True(command.GetValue("$readPreference", new BsonDocument("mode", "primary"))["mode"] == "primary")
        );
    }

    /// <summary>A driver looks for its server every half second at the most; until it has found it, calls fail.</summary>
    internal static Task EventuallyAsync(Func<ValueTask> call) =>
        Bounded.UntilAsync(
            async () =>
            {
                try
                {
                    await call();
                    return true;
                }
                catch (SessionStoreUnavailableException)
                {
                    return false;
                }
            },
            "a call that finds the server",
            Cancel
        );

    private static async Task<SessionStoreException> IsUnavailableAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(call);
        Assert.True(error.IsTransient);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        return error;
    }
}
