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

            What a session costs over HTTP, beside the driver alone, ASP.NET Core's own session and express-session: all in one run, in turn, on one machine.
            Compare the figures of one row group with each other and not with those of another machine. The page is written by
            `dotnet run -c Release --project benchmarks/EndToEnd`; [benchmarks/README.md](../benchmarks/README.md) says how.
            [Growth](growth.md): the stores alone, up to a million sessions. [The parts](performance-micro.md): time and allocation without server and backend.

            - Machine: {Machine.Describe()}. Load, servers and backends share it. Files and databases lie on {Disk.Describe()}.
            - Taken on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} in {took.TotalMinutes:0.0} minutes; each figure is the median of {options.Repeats} measurements of {options.Seconds} seconds, with the lowest and the highest, and each
              ratio the median of the ratios of measurements that followed each other; without a session, of {options.Repeats
                * (1 + Comparison.MorePairs)} for the floor and this project.
              Other numbers of connections and larger sessions: {options.OtherRepeats} of {options.OtherSeconds}.
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

            - **Floor**: the driver alone in an endpoint, for the same round trips: a dictionary; GET and EXPIRE, or GET and SET; a prepared SELECT and UPDATE; a file read
              and written anew. No signature, no JSON, no comparison with what another request has stored.
            - **Its store alone**: the store of this project in the same endpoint as the floor. It touches as it reads where that is one step, and stores only if nobody else has
              changed the session meanwhile. What this project is slower by than its store is the middleware's: cookie, JSON, and what makes an answer wait for its commit.
            - **This project** with its defaults: the cookie's signature is verified, the record is read, and a write is stored before the answer goes out and only if nobody
              else has changed the session meanwhile. On Redis a request that only reads is one round trip, since the read is the touch (`TouchOnRead`); elsewhere it is two.
              [ADR 32](adr/0032-a-touch-in-the-read-stays-where-it-saves-a-round-trip.md) says what one round trip in place of two saves over a network.
            - **ASP.NET Core session** with the provider that the platform has for the backend, loaded by `await Session.LoadAsync()`: its best case. It stores after the
              answer has gone out, and the last of two writes wins.
            - **express-session** without Express on Node's HTTP server, one process, with connect-redis, connect-pg-simple, connect-sqlite3 or session-file-store: its best
              case. connect-sqlite3 has `concurrentDb` (WAL) and `synchronous = NORMAL` as this project's store has; its native part is `@appthreat/sqlite3`.
            - **read**: one value is read, and the session's life is extended. **read and write**: one value is read and written, one higher. **no session**: no
              cookie, and nobody asks for a session; the floor is the endpoint without any middleware.
            - Each server is a process of its own, and so is the load: sockets with one request under way each. A connection has sessions of its own, two or more, so that
              no two requests change one at the same time, except in the table that is about just that.
              An answer other than 200, or one that lacks the session, makes a row invalid.
            - **server µs**: processor time that the server's own process has used for an answer, all its threads together; what the backend and the load use is
              not in it.
            - Redis keeps its data in memory, PostgreSQL runs with `fsync=off`, SQLite with `synchronous = NORMAL`. Nobody waits for the disk, with one exception:
              session-file-store flushes each file that it writes; this project's file store does so with `Durable`, which is off by default.

            """
        );
        text.Append(
            """

            ## Not measured

            - MongoDB: the page takes no server that is a substitute.

            """
        );
        foreach (var sentence in missing)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {sentence}\n");
        }

        return text.ToString();
    }
}
