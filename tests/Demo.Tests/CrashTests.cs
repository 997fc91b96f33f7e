using System.Globalization;
using System.Net.Sockets;

namespace Demo.Tests;

public sealed class CrashTests(ITestOutputHelper output) : IDisposable
{
    private const int Browsers = 8;

    /// <summary>How often the demo is killed: 50 times, or as SESSION_TEST_KILLS says. Every kill meets eight writes under way.</summary>
    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("SESSION_TEST_KILLS") ?? "50",
        CultureInfo.InvariantCulture
    );

    private readonly DatabaseFile _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Killed_again_and_again_while_writing_the_demo_loses_nothing_it_has_acknowledged()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}, {Kills} kills");
        var random = new Random(seed);
        var people = new Person[Browsers];

        for (var kill = 0; kill <= Kills; kill++)
        {
            await using var demo = await DemoProcess.StartAsync(_database.Path);
            Assert.Equal("ok", _database.Query<string>("PRAGMA integrity_check"));
            for (var i = 0; i < Browsers; i++)
            {
                people[i] = kill == 0 ? new Person(demo.NewBrowser()) : people[i].MoveTo(demo.Address);
            }

            await Task.WhenAll(people.Select(static person => person.CheckAsync()));

            // After a number of writes, not after a time: a busy machine writes little in a short one.
            var writes = new Countdown(random.Next(Browsers, 60));
            var writing = people.Select(person => person.WriteUntilTheKillAsync(demo, writes)).ToArray();
            await Task.WhenAny([writes.Zero, .. writing]).WithinBoundAsync("the writes before the kill");
            await demo.KillAsync();
            await Task.WhenAll(writing);
        }

        output.WriteLine($"{people.Sum(static person => person.Acknowledged)} writes were acknowledged");
    }

    /// <summary>Somebody who remembers the last number that was shown.</summary>
    private sealed class Person(Browser browser)
    {
        public int Acknowledged { get; private set; }

        public Person MoveTo(Uri address)
        {
            var moved = new Person(browser.MoveTo(address)) { Acknowledged = Acknowledged };
            browser.Dispose();
            return moved;
        }

        /// <summary>
        /// A write that was under way when the process was killed may have been stored without an answer; an answered one must have.
        /// </summary>
        public async Task CheckAsync()
        {
            var shown = await browser.CountAsync();
            Assert.InRange(shown, Acknowledged + 1, Acknowledged + 2);
            Acknowledged = shown;
        }

        public async Task WriteUntilTheKillAsync(DemoProcess demo, Countdown writes)
        {
            try
            {
                while (true)
                {
                    Acknowledged = await browser.CountAsync();
                    writes.Signal();
                }
            }
            catch (Exception ended) when (demo.IsKilled && (ended is HttpRequestException or IOException or SocketException))
            {
                // The kill. A connection that it cuts while it is being made surfaces as the bare SocketException.
            }
        }
    }

    private sealed class Countdown(int count)
    {
        private readonly TaskCompletionSource _zero = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = count;

        public Task Zero => _zero.Task;

        public void Signal()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                _zero.SetResult();
            }
        }
    }
}
