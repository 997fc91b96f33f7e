using System.Collections.Concurrent;
using System.Diagnostics;
using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>The driver's activities would quote what a server says, and servers quote ids.</summary>
public sealed class TracingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_drivers_activities_are_off_also_for_a_statement_that_fails()
    {
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = seen.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var mongo = new TestMongo();
        var store = mongo.Store();
        await store.OpenAsync(Cancel);
        using var source = new ActivitySource("Session.Stores.Mongo.Tests");
        using var own = source.StartActivity("test")!;
        await store.SetAsync("very-secret-id", mongo.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("very-secret-id", Cancel));
        mongo.Server.Faults.Next(1, Fault.Error(2, "dup key: { _id: \"very-secret-id\" }"), "update");
        await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync("very-secret-id", mongo.Record(), Cancel));

        // Other tests of this process have clients too, with activities of their own: those of this one lie under the test's.
        Assert.Empty(seen.Where(activity => activity.TraceId == own.TraceId).Select(static activity => activity.DisplayName));
        own.Stop();
        Assert.Contains(own, seen);
    }
}
