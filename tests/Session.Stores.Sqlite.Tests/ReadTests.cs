using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace ServerSessions.Stores.Sqlite.Tests;

/// <summary>Reads that meet: one or two run at once, the others wait and are read together.</summary>
public sealed class ReadTests(ITestOutputHelper output)
{
    private const int Callers = 32;

    // Long enough that reads meet on any machine.
    private static readonly string Padding = new('x', 50_000);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_finds_what_was_committed_before_it_however_many_read_beside_it()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        for (var round = 0; round < 3; round++)
        {
            await using var database = new TestDatabase();
            var store = database.Store();
            var acknowledged = new int[Callers];
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => SetAsync(store, database, caller, 0)));
            await Task.WhenAll(
                Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller, new Random(seed + caller)), Cancel))
            );

            async Task CallAsync(int caller, Random random)
            {
                for (var number = 1; number <= 10; number++)
                {
                    await SetAsync(store, database, caller, number);
                    Volatile.Write(ref acknowledged[caller], number);
                    for (var read = 0; read < 5; read++)
                    {
                        var other = random.Next(Callers);
                        var least = Volatile.Read(ref acknowledged[other]);
                        var found = await store.GetAsync($"{other}", Cancel);
                        Assert.InRange(Number(found), least, Volatile.Read(ref acknowledged[other]) + 1);
                    }
                }
            }
        }
    }

    [Fact]
    public async Task Of_two_reads_that_meet_neither_is_forgotten()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);

        // Counts, which have no spare connection. No third call follows that would find a forgotten request.
        for (var round = 0; round < 50_000; round++)
        {
            var other = Task.Run(CountAsync, Cancel);
            await CountAsync();
            await other;
        }

        async Task CountAsync() => Assert.Equal(1, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task A_read_that_fails_does_not_fail_those_read_with_it()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.SetAsync("good", database.Record(Padding), Cancel);
        database.Execute("INSERT INTO sessions (sid, expired, sess) VALUES ('bad', 1e15, 5)");
        await AtOnceAsync(
            async (_, number) =>
            {
                if (number % 3 == 0)
                {
                    Assert.False(
                        (await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("bad", Cancel))).IsTransient
                    );
                }
                else
                {
                    Assert.NotNull(await store.GetAsync("good", Cancel));
                }
            }
        );
    }

    [Fact]
    public async Task Who_gives_up_a_read_leaves_the_others_theirs()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.SetAsync("a", database.Record(Padding), Cancel);
        var givenUp = 0;
        await AtOnceAsync(
            async (caller, number) =>
            {
                using var source = new CancellationTokenSource();
                var read = store.GetAsync("a", source.Token).AsTask();
                if (new Random(seed + (caller * 1000) + number).Next(2) == 0)
                {
                    await source.CancelAsync();
                }

                try
                {
                    Assert.NotNull(await read);
                }
                catch (OperationCanceledException) when (source.IsCancellationRequested)
                {
                    Interlocked.Increment(ref givenUp);
                }
            }
        );
        output.WriteLine($"{givenUp} given up");
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task Reads_that_wait_at_disposal_have_their_answer_or_are_refused_and_the_file_is_closed()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var database = new TestDatabase();
            var store = database.Store();
            await store.SetAsync("a", database.Record(Padding), Cancel);
            var reads = new ConcurrentBag<Task<SessionRecord?>>();
            var refused = Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(
                        async () =>
                        {
                            while (true)
                            {
                                var group = new Task[8];
                                for (var i = 0; i < group.Length; i++)
                                {
                                    var read = store.GetAsync("a", Cancel).AsTask();
                                    reads.Add(read);
                                    group[i] = read;
                                }

                                await Task.WhenAll(group);
                            }
                        },
                        Cancel
                    )
                )
                .ToList();
            while (reads.Count < 10 * (round + 1))
            {
                await Task.Yield();
            }

            await store.DisposeAsync();
            foreach (var caller in refused)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => caller);
            }

            foreach (var read in reads)
            {
                if (await Record.ExceptionAsync(() => read) is { } error)
                {
                    Assert.IsType<ObjectDisposedException>(error);
                }
                else
                {
                    Assert.NotNull(await read);
                }
            }

            // The last connection to close removes the log.
            Assert.Equal([database.File], Directory.GetFiles(database.Folder));
        }
    }

    [Fact]
    public async Task Sessions_are_read_counted_and_listed_at_once()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => store.SetAsync($"{i}", database.Record(Padding), Cancel).AsTask()));
        await AtOnceAsync(
            async (caller, number) =>
            {
                switch (caller % 4)
                {
                    case 0:
                        Assert.Equal(100, await store.LengthAsync(Cancel));
                        break;
                    case 1 when number < 2:
                        Assert.Equal(100, (await store.AllAsync(Cancel).ToListAsync(Cancel)).Count);
                        break;
                    default:
                        Assert.NotNull(await store.GetAsync($"{(caller + number) % 100}", Cancel));
                        break;
                }
            }
        );
    }

    /// <summary>Fifty calls of each caller, one after the other.</summary>
    private static Task AtOnceAsync(Func<int, int, Task> call) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(caller =>
                    Task.Run(
                        async () =>
                        {
                            for (var number = 0; number < 50; number++)
                            {
                                await call(caller, number);
                            }
                        },
                        Cancel
                    )
                )
        );

    private static Task SetAsync(SqliteSessionStore store, TestDatabase database, int sid, int number) =>
        store.SetAsync($"{sid}", database.Record($"{number.ToString(CultureInfo.InvariantCulture)} {Padding}"), Cancel).AsTask();

    private static int Number(SessionRecord? record)
    {
        var payload = Encoding.UTF8.GetString(record!.Payload.Span);
        var digits = payload.SkipWhile(static c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit).ToArray();
        return int.Parse(digits, CultureInfo.InvariantCulture);
    }
}
