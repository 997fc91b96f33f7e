using System.Globalization;
using ServerSessions.Stores;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Moving;

/// <summary>Sessions move from one store to another and back, while visitors of three instances sign in, write and sign out.</summary>
public sealed class MoveTests(Fleet fleet, ITestOutputHelper output)
{
    private const int Instances = 3;
    private const int Visitors = 12;

    private static readonly MovePhase[] There = [MovePhase.Stay, MovePhase.CarryToNew, MovePhase.NewAlone];
    private static readonly MovePhase[] Back = [MovePhase.CarryToNew, MovePhase.Stay, MovePhase.CarryToOld, MovePhase.OldAlone];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite", "redis")]
    [InlineData("file", "postgres")]
    [InlineData("mysql", "mongo")]
    public async Task Rolled_out_and_back_under_traffic_nothing_is_lost_and_nothing_comes_back(string from, string to)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var (old, @new) = (await fleet.Places.NewAsync(from), await fleet.Places.NewAsync(to));
        var instances = new List<MovingInstance>();
        try
        {
            for (var i = 0; i < Instances; i++)
            {
                instances.Add(await MovingInstance.StartAsync(old, @new));
                instances[i].Enter(MovePhase.OldAlone);
            }

            await MoveAsync(instances, seed);
        }
        finally
        {
            foreach (var instance in instances)
            {
                await instance.DisposeAsync();
            }
        }
    }

    private async Task MoveAsync(List<MovingInstance> instances, int seed)
    {
        var visitors = Enumerable
            .Range(0, Visitors)
            .Select(number =>
                new MovingVisitor(number.ToString(CultureInfo.InvariantCulture), instances, new Random(seed + number))
            )
            .ToList();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var traffic = Task.WhenAll(visitors.Select(visitor => Task.Run(() => ActUntilAsync(visitor, ending), Cancel)));

        await EnterAsync(There, instances, visitors, traffic);
        Assert.Equal(0, await SessionsInAsync(instances[0].Store.OldStore));
        await EnterAsync(Back, instances, visitors, traffic);
        await ending.CancelAsync();
        await traffic.WithinBoundAsync("the end of the traffic");

        foreach (var visitor in visitors)
        {
            await visitor.LookAsync();
            await visitor.LookAtEndedAsync();
        }

        Assert.Equal(0, await SessionsInAsync(instances[0].Store.NewStore));
        Assert.Equal(visitors.Count(static visitor => visitor.IsSignedIn), await SessionsInAsync(instances[0].Store.OldStore));
        output.WriteLine(
            $"{visitors.Sum(static visitor => visitor.Acts)} acts, {visitors.Sum(static visitor => visitor.Writes)} writes, "
                + $"{visitors.Sum(static visitor => visitor.SignOuts)} sign-outs"
        );
    }

    private static async Task ActUntilAsync(MovingVisitor visitor, CancellationTokenSource ending)
    {
        try
        {
            while (!ending.IsCancellationRequested)
            {
                await visitor.ActAsync();
            }
        }
        catch
        {
            await ending.CancelAsync();
            throw;
        }
    }

    /// <summary>Has one instance after the other enter each phase. The last phase but one also carries what no request uses.</summary>
    private static async Task EnterAsync(
        MovePhase[] phases,
        List<MovingInstance> instances,
        List<MovingVisitor> visitors,
        Task traffic
    )
    {
        foreach (var phase in phases)
        {
            if (phase is MovePhase.NewAlone or MovePhase.OldAlone)
            {
                var drained = await StoreMove.DrainAsync(instances[0].Store, new StoreDrainOptions { SessionsPerSecond = 0 }, null, Cancel);
                Assert.Equal((0, null), (drained.Left, drained.Failure));
            }

            foreach (var instance in instances)
            {
                instance.Enter(phase);
                await GoOnAsync(visitors, traffic);
            }
        }
    }

    /// <summary>Each visitor has acted twice since: no request is left of those that had begun.</summary>
    private static async Task GoOnAsync(List<MovingVisitor> visitors, Task traffic)
    {
        var acts = visitors.ConvertAll(static visitor => visitor.Acts);
        await Bounded.UntilAsync(
            () => traffic.IsCompleted || visitors.Zip(acts).All(static pair => pair.First.Acts >= pair.Second + 2),
            "traffic",
            Cancel
        );
        if (traffic.IsCompleted)
        {
            await traffic;
        }
    }

    private static async Task<int> SessionsInAsync(ISessionStore store) =>
        await ((IEnumerableSessionStore)store)
            .AllAsync(Cancel)
            .CountAsync(static entry => MovingSessionStore.IsSession(entry.Record) && Sessions.HasOwner(entry.Record), Cancel);
}
