using System.Text;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

/// <summary>Why a target may be missed: what profiles have shown, not what this run has.</summary>
internal static class Reasons
{
    public static void Append(StringBuilder text) =>
        text.Append(
            """
            ## Why targets are missed

            What earlier measurements have shown. Between runs and processors medians differ by a tenth and more.

            - **Redis, read.** This project compares the beginning of the session and moves its expiry in one step: one script up to 2 KB,
              above that `GET` beside a script in one `MULTI`. No payload above 2 KB passes through Lua
              ([ADR 57](adr/0057-large-sessions-on-redis-pass-lua-by.md)). At 200 bytes, 4 KB and 64 KB it costs the main thread of
              Redis 7.0: 10, 11 and 19 µs; `GET` and `PEXPIRE` cost 7, 7 and 13. On Valkey 9.1 it costs 10, 13 and 20 µs; they cost 8, 8
              and 16.
            - **Redis, read and write.** Redis 7 cannot compare: a script does up to 2 KB; above, the old and the new payload are written
              beside the session and compared by `BITOP` ([ADR 58](adr/0058-redis-compares-by-itself-where-it-can.md)). The three sizes cost
              the main thread 14, 18 and 53 µs, `SET` 7, 6 and 15. The server receives both payloads.
            - **Valkey, read and write.** `SET … IFEQ` compares: 8, 8 and 25 µs, `SET` 7, 7 and 21. The server receives both payloads.
            - **Redis and Valkey compared with ASP.NET Core's session.** It compares nothing and stores after the response.
            - **Redis and Valkey, read and write, the web server.** It takes a quarter to a half less for the store alone (the column
              *server µs*). A profile has no hot spot: a third is the kernel's, a seventh this project's own code (reading the session's JSON
              2 %, finding and verifying the cookie 2 %, writing it 1 %). The rest is Kestrel, the driver, and the runtime, whose part grows
              with the asynchronous methods that a request passes: 27, and 6 of them in the store.
            - **Memory.** A dictionary alone is 1.5 to 2 times as fast as ASP.NET Core's session. The HMAC of the cookie is the largest
              part of what the middleware adds; ASP.NET Core's session verifies one as well.
            - **No session.** The middleware costs less than a third of a microsecond and 152 bytes ([the parts](performance-micro.md)).
              Two processes of one server differ by more: medians of 16 pairs were 0.96 and 1.10 for a second floor beside the first.
            - **Files.** Each write makes a file and renames it. On an ext4 without a journal this project was 3.4 and 2.4 times as fast as
              session-file-store, on one with a journal 5 to 11 times.
            - **SQLite compared with a loop of group commits.** The loop reads and compares nothing, and no caller waits for it. Each caller
              of the store reads, compares, and continues after its commit. On an AMD EPYC a transaction of the loop takes 62 µs with one
              session and 207 with 32.


            """
        );
}
