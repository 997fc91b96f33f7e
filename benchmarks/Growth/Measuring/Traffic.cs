namespace ServerSessions.Benchmarks.Growth.Measuring;

/// <summary>
/// Live traffic: a few callers that get and set random sessions, and rest a millisecond after every few calls, so that the machine has room
/// for what runs beside them. Without the rest they would measure how two busy processors are shared.
/// </summary>
internal sealed class Traffic(GrowingStore store, SessionSource source, long sessions)
{
    private const int Callers = 4;
    private const int CallsBetweenRests = 10;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Before = TimeSpan.FromMilliseconds(200);

    private volatile Task? _other;

    public Latency Gets { get; } = new();

    public Latency Sets { get; } = new();

    /// <summary>Calls before something else begins and until it has ended; those that begin while it is under way count.</summary>
    public async Task DuringAsync(Func<Task> other)
    {
        _other = null;
        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(CallAsync)).ToArray();
        await Task.Delay(Before);
        await (_other = Task.Run(other));
        foreach (var (gets, sets) in await Task.WhenAll(callers))
        {
            Gets.AddAll(gets);
            Sets.AddAll(sets);
        }
    }

    private async Task<(Latency Gets, Latency Sets)> CallAsync()
    {
        var (gets, sets, uncounted) = (new Latency(), new Latency(), new Latency());
        for (var call = 0; _other is not { IsCompleted: true }; call++)
        {
            var counts = _other is not null;
            await (
                call % 2 == 0
                    ? Calls.GetAsync(store.Sessions, sessions, counts ? gets : uncounted)
                    : Calls.SetAsync(store.Sessions, source, sessions, counts ? sets : uncounted)
            );
            if (call % CallsBetweenRests == CallsBetweenRests - 1)
            {
                await Task.Delay(Rest);
            }
        }

        return (gets, sets);
    }
}
