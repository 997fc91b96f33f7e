using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

/// <summary>docs/performance.md: every figure in it comes from the run that writes it.</summary>
internal static class Page
{
    public static string Write(RunResults results, RunOptions options, Servers servers, TimeSpan took)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            # Performance

            Requests per second over HTTP with a session, beside the driver alone, ASP.NET Core's session and express-session: one run, in
            turn, on one machine. Compare figures within a row group. `dotnet run -c Release --project benchmarks/EndToEnd` writes this page
            ([benchmarks/README.md](../benchmarks/README.md)). See also [growth](growth.md) and [the parts](performance-micro.md).

            - Machine: {Machine.Describe()}. Load, servers and backends share it. Files and databases lie on {Disk.Describe()}.{Versions(servers)}
            - Taken on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} in {took.TotalMinutes:0.0} minutes. Each figure is the median of {options.Repeats} measurements of {options.Seconds} seconds,
              with the lowest and the highest. Each ratio is the median of the ratios of successive measurements.
              Without a session: {options.Repeats * (1 + Comparison.MorePairs)} measurements for the floor and this project.
              Other numbers of connections, sizes of other backends, the delay: {options.OtherRepeats} measurements of {options.OtherSeconds} s.
            - Load on this machine before the run (processes that want a processor, mean of a minute): {Machine.LoadAtStart}.{(
                options.Note.Length == 0 ? "" : " " + options.Note
            )}

            ![Requests per second by backend](performance.svg)


            """
        );
        Tables.Append(text, results, options.Main, options.ChosenBackends);
        foreach (var setting in options.ByPayload.Where(setting => setting != options.Main))
        {
            Tables.Append(text, results, setting, options.SizedBackends);
        }

        Targets.Append(text, results, options);
        text.Append('\n');
        Reasons.Append(text);
        AxisTable.Append(
            text,
            results,
            FormattableString.Invariant($"Other numbers of connections, {options.Main.PayloadBytes:N0} bytes"),
            options.ByConnections,
            static setting => Tables.Count(setting.Connections, "connection")
        );
        AxisTable.Append(
            text,
            results,
            FormattableString.Invariant($"Larger sessions, {options.Main.Connections} connections"),
            options.ByPayload,
            static setting => FormattableString.Invariant($"{setting.PayloadBytes:N0} bytes")
        );
        AxisTable.Append(
            text,
            results,
            FormattableString.Invariant($"A server {options.Delay} ms away, {options.Main.PayloadBytes:N0} bytes"),
            options.ByDelay,
            static setting =>
                Tables.Count(setting.Connections, "connection")
                + (setting.Delay == 0 ? "" : FormattableString.Invariant($", {setting.Delay} ms"))
        );
        if (results.MeasuredDelay is { } delay)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"""
                A proxy delays what the server sends: a round trip takes {delay.TotalMilliseconds:0.00} ms longer (median of 500). It works on the same cores, which
                counts with {options.Main.Connections} connections. A read takes this project one round trip to Redis, the floor two.


                """
            );
        }

        ContentionTable.Append(text, results);
        text.Append(
            """
            ## What is measured

            - **Floor**: the driver alone in an endpoint, without signature, JSON and comparison: a read and an extension or a write, one after
              the other.
            - **Its store alone**: this project's store in the floor's endpoint. The difference to *this project* is the middleware.
            - **This project** with its defaults. On Redis and Valkey a request that only reads is one round trip (`TouchOnRead`), elsewhere
              two ([ADR 32](adr/0032-a-touch-in-the-read-stays-where-it-saves-a-round-trip.md)).
            - **ASP.NET Core session** with the platform's provider, loaded by `await Session.LoadAsync()`: its best case. It stores after
              the response, and the last of two writes wins.
            - **express-session** without Express on Node's HTTP server, one process, with connect-redis, connect-pg-simple,
              express-mysql-session, connect-sqlite3 (WAL, `synchronous = NORMAL`, `@appthreat/sqlite3`) or session-file-store: its best
              case.
            - **read**: one value is read, and the lifetime extended. **read and write**: one value is read and written, one higher.
              **no session**: no cookie; the floor is the endpoint without any middleware.
            - Each server and the load are separate processes. No two requests change one session at once, except in the table about that.
              A response other than 200, or without the session, makes a row invalid.
            - **server µs**: processor time of the server's process per response.
            - PostgreSQL runs with `fsync=off`, MariaDB with `innodb_flush_method=nosync`, SQLite with `synchronous = NORMAL`. No contender
              waits for the disk, except session-file-store, which flushes each file.

            """
        );
        text.Append(
            """

            ## Not measured

            - MongoDB: a substitute server is not measured.

            """
        );
        foreach (var sentence in servers.Missing)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {sentence}\n");
        }

        return text.ToString();
    }

    private static string Versions(Servers servers) =>
        servers.Places.Versions.Any() ? $" {string.Join(" and ", servers.Places.Versions)}." : "";
}
