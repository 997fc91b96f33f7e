using System.Diagnostics;
using System.Globalization;

namespace ServerSessions.Trust.Host;

/// <summary>
/// A process that starts a store on a place whenever it is told to, as an instance of a fleet does when it is deployed: it opens the store,
/// writes a session, reads it, and closes the store. One process starts any number of stores one after the other, so that many starts of
/// many processes at once cost the starts alone and not that of the runtime each time.
/// </summary>
public static class Starter
{
    /// <summary>What makes the program one.</summary>
    public const string Argument = "start";

    /// <summary>What it says when it is up, before it was told anything.</summary>
    public const string Ready = "ready";

    /// <summary>What tells it to start a store.</summary>
    public static string ToOrder(string sid, StorePlace place) => $"{sid} {place.ToArgument()}";

    /// <summary>Does what it is told, a line an order, until there are no more.</summary>
    public static async Task RunAsync(TextReader orders, TextWriter answers)
    {
        await answers.WriteLineAsync(Ready);
        while (await orders.ReadLineAsync() is { } order)
        {
            var parts = order.Split(' ', 2);
            var began = Stopwatch.GetTimestamp();
            var error = await StartAsync(parts[0], StorePlace.Parse(parts[1]));
            await answers.WriteLineAsync(new StarterAnswer(began, Stopwatch.GetTimestamp(), error).ToLine());
        }
    }

    /// <returns>What went wrong, if anything did.</returns>
    private static async Task<string?> StartAsync(string sid, StorePlace place)
    {
        try
        {
            var store = place.Open();
            try
            {
                await store.SetAsync(sid, OwnedSession.Of(LeakCollector.Payload));
                return await store.GetAsync(sid) is null ? "The session is not there." : null;
            }
            finally
            {
                await StorePlace.CloseAsync(store);
            }
        }
        catch (Exception error)
        {
            return $"{error.GetType().Name}: {error.Message}".ReplaceLineEndings(" ");
        }
    }
}

/// <summary>How a start went.</summary>
/// <param name="Began">When, by <see cref="Stopwatch"/>, whose time is the same for all processes of a machine.</param>
/// <param name="Ended">When it was done.</param>
/// <param name="Error">The type and message of what went wrong; <see langword="null"/> if nothing did.</param>
public sealed record StarterAnswer(long Began, long Ended, string? Error)
{
    /// <summary>How long it took.</summary>
    public TimeSpan Took => Stopwatch.GetElapsedTime(Began, Ended);

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Began} {Ended} {Error}");

    /// <summary>Reads what <see cref="ToLine"/> wrote.</summary>
    public static StarterAnswer Parse(string line)
    {
        var parts = line.Split(' ', 3);
        return new StarterAnswer(
            long.Parse(parts[0], CultureInfo.InvariantCulture),
            long.Parse(parts[1], CultureInfo.InvariantCulture),
            parts[2].Length == 0 ? null : parts[2]
        );
    }
}
