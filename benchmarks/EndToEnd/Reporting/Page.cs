using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

/// <summary>docs/performance.md: every figure in it comes from the run that writes it.</summary>
internal static class Page
{
    public static string Write(RunResults results, RunOptions options, IReadOnlyList<string> missing, TimeSpan took)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            # Performance

            Requests per second over HTTP with a session, compared with the driver alone, ASP.NET Core's session and express-session: one
            run, in turn, on one machine. Compare figures within a row group, not with another machine.
            `dotnet run -c Release --project benchmarks/EndToEnd` writes this page ([benchmarks/README.md](../benchmarks/README.md)). See
            also [growth](growth.md): the stores alone, up to a million sessions, and [the parts](performance-micro.md): time and
            allocation without server and backend.

            - Machine: {Machine.Describe()}. Load, servers and backends share it. Files and databases lie on {Disk.Describe()}.
            - Taken on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} in {took.TotalMinutes:0.0} minutes. Each figure is the median of {options.Repeats} measurements of {options.Seconds} seconds,
              with the lowest and the highest. Each ratio is the median of the ratios of successive measurements.
              Without a session: {options.Repeats * (1 + Comparison.MorePairs)} measurements for the floor and this project.
              Other numbers of connections and larger sessions: {options.OtherRepeats} measurements of {options.OtherSeconds} s.
            - Load on this machine before the run (processes that want a processor, mean of a minute): {Machine.LoadAtStart}.{(
                options.Note.Length == 0 ? "" : " " + options.Note
            )}

            ![Requests per second by backend](performance.svg)


            """
        );
        Tables.Append(text, results, options.Main);
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
        ContentionTable.Append(text, results, options.Main);
        text.Append(
            """
            ## What is measured

            - **Floor**: the driver alone in an endpoint, with the same round trips: a dictionary; GET and EXPIRE, or GET and SET; a
              prepared SELECT and UPDATE; a file read and rewritten. No signature, no JSON, no comparison with what another request has
              stored.
            - **Its store alone**: this project's store in the floor's endpoint. It touches as it reads if that is one step, and stores
              only if no other request has changed the session. The difference to *this project* is the middleware: cookie, JSON, and the
              commit before the response.
            - **This project** with its defaults: the cookie's signature is verified and the record is read. A write is stored before the
              response is sent, and only if no other request has changed the session. On Redis a request that only reads is one round
              trip, since the read is the touch (`TouchOnRead`); elsewhere two.
              [ADR 32](adr/0032-a-touch-in-the-read-stays-where-it-saves-a-round-trip.md) has the difference over a network.
            - **ASP.NET Core session** with the platform's provider for the backend, loaded by `await Session.LoadAsync()`: its best case.
              It stores after the response, and the last of two writes wins.
            - **express-session** without Express on Node's HTTP server, one process, with connect-redis, connect-pg-simple,
              connect-sqlite3 or session-file-store: its best case. connect-sqlite3 has `concurrentDb` (WAL) and `synchronous = NORMAL`,
              as this project's store; its native part is `@appthreat/sqlite3`.
            - **read**: one value is read, and the session's lifetime is extended. **read and write**: one value is read and written, one
              higher. **no session**: no cookie, and no code asks for a session; the floor is the endpoint without any middleware.
            - Each server and the load are separate processes. The load has sockets with one request under way each. A connection has two
              or more sessions of its own, so no two requests change one at once, except in the table about that. A response other than
              200, or without the session, makes a row invalid.
            - **server µs**: processor time of the server's process per response, all threads together; backend and load are not in it.
            - Redis keeps its data in memory, PostgreSQL runs with `fsync=off`, MariaDB with `innodb_flush_method=nosync`, SQLite with
              `synchronous = NORMAL`. No contender waits for the disk, except session-file-store, which flushes each file; this project's
              file store does so with `Durable`, off by default.

            """
        );
        text.Append(
            """

            ## Not measured

            - MongoDB: a substitute server is not measured.

            """
        );
        foreach (var sentence in missing)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {sentence}\n");
        }

        return text.ToString();
    }
}
