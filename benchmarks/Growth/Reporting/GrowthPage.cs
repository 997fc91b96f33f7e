using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.Growth.Measuring;

namespace ServerSessions.Benchmarks.Growth.Reporting;

/// <summary>docs/growth.md: every figure in it comes from the run that writes it.</summary>
internal static class GrowthPage
{
    /// <summary>Slower than idle while expired sessions are removed, at most.</summary>
    private const double MostWhilePruning = 2;

    public static string Write(GrowthResults results, GrowthOptions options, TimeSpan took)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            # Growth

            The cost of a store as the number of its sessions grows, called in the process; [performance](performance.md) has figures over HTTP.
            `dotnet run -c Release --project benchmarks/Growth` writes this page ([benchmarks/README.md](../benchmarks/README.md)).

            - Machine: {Machine.Describe()}. Stores and backends share it. Files and databases lie on {Disk.Describe()}.
            - Taken on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} in {took.TotalMinutes:0.0} minutes. A record has {results.PayloadLength} bytes, {options.Payload} of them text in the session.
            - Load on this machine before the run (processes that want a processor, mean of a minute): {Machine.LoadAtStart}.{(
                options.Note.Length == 0 ? "" : " " + options.Note
            )}

            ![The time of a get and of a set by the number of sessions](growth.svg)

            ## Get and set

            One caller, one call at a time, a random session each, for {options.Seconds} seconds; times in microseconds.

            | store | sessions | get p50 | get p99 | set p50 | set p99 |
            | --- | ---: | ---: | ---: | ---: | ---: |

            """
        );
        foreach (var (backend, sessions, gets, sets, _, _) in results.Stops)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {BackendNames.Of(backend)} | {sessions:N0} | {Time(gets.P50)} | {Time(gets.P99)} | {Time(sets.P50)} | "
                    + $"{Time(sets.P99)} |\n"
            );
        }

        AppendListing(text, results);
        AppendMemory(text, results);
        AppendPruning(text, results, options);
        AppendLeftOut(text, results);
        return text.ToString();
    }

    private static void AppendListing(StringBuilder text, GrowthResults results)
    {
        text.Append(
            """

            ## Counting and streaming everything

            `LengthAsync`, and all of `AllAsync`. Memory in use is the highest increase after a collection at eight points of a second stream.
            Listings of Redis and of folders keep 16 bytes, and a place in a table, for each session.

            | store | sessions | count, ms | stream, ms | sessions/s | memory in use, KB | bytes a session |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: |

            """
        );
        foreach (var (backend, sessions, _, _, listing, _) in results.Stops)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {BackendNames.Of(backend)} | {sessions:N0} | {listing.Length.TotalMilliseconds:N1} | "
                    + $"{listing.All.TotalMilliseconds:N1} | {sessions / listing.All.TotalSeconds:N0} | {listing.MostLive / 1024.0:N0} "
                    + $"| {(double)listing.MostLive / sessions:0.0} |\n"
            );
        }
    }

    private static void AppendMemory(StringBuilder text, GrowthResults results)
    {
        var stops = results.Stops.Where(static stop => stop.Backend == Backend.Memory).ToArray();
        if (stops.Length == 0)
        {
            return;
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"""

            ## Memory of a session

            Memory per session in the memory store after a collection: the record of {results.PayloadLength} bytes, its id of 32 characters, and the store's own.

            | sessions | bytes a session | beside the record |
            | ---: | ---: | ---: |

            """
        );
        foreach (var stop in stops)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {stop.Sessions:N0} | {stop.BytesInProcess:N0} | {stop.BytesInProcess - results.PayloadLength:N0} |\n"
            );
        }
    }

    private static void AppendPruning(StringBuilder text, GrowthResults results, GrowthOptions options)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"""

            ## Pruning under live traffic

            {options.Expired:N0} expired sessions beside {options.PruneSize:N0} live ones are removed as the store's timer does: in its batches, each followed by a rest
            as long as the batch (PostgreSQL: nineteen times as long), at least a millisecond. Meanwhile four callers get and set live
            sessions and rest a millisecond after ten calls. Idle is the same traffic with nothing to remove. The calls of up to
            {options.Rounds} rounds together; times in microseconds. Target: p99 at most {MostWhilePruning} × that of idle.

            | store | removed | in, ms | call | calls | idle p50 | idle p99 | pruning p50 | pruning p99 | of idle p99 | |
            | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |

            """
        );
        foreach (var (backend, pruning) in results.Prunings)
        {
            AppendRow(text, backend, pruning, "get", pruning.IdleGets, pruning.Gets);
            AppendRow(text, backend, pruning, "set", pruning.IdleSets, pruning.Sets);
        }

        text.Append(
            """

            Each batch of the memory store starts from the beginning, hence the time; its own timer prunes in one pass. Redis removes expired keys itself.

            """
        );
    }

    private static void AppendRow(StringBuilder text, Backend backend, Pruning pruning, string call, Percentiles idle, Percentiles during)
    {
        var ratio = during.P99 / idle.P99;
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {BackendNames.Of(backend)} | {pruning.Removed:N0} | {pruning.Took.TotalMilliseconds:N0} | {call} | {during.Count:N0} | "
                + $"{Time(idle.P50)} | {Time(idle.P99)} | {Time(during.P50)} | {Time(during.P99)} | {ratio:0.00} × | "
                + $"{(ratio <= MostWhilePruning ? "met" : "**missed**")} |\n"
        );
    }

    private static void AppendLeftOut(StringBuilder text, GrowthResults results)
    {
        text.Append("\n## Left out\n\n- MongoDB: a substitute server is not measured.\n");
        foreach (var sentence in results.LeftOut)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {sentence}\n");
        }
    }

    private static string Time(double microseconds) =>
        microseconds.ToString(microseconds < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture);
}
