using System.Text;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

/// <summary>Why a target may be missed: what profiles have shown, not what this run has.</summary>
internal static class Reasons
{
    public static void Append(StringBuilder text) =>
        text.Append(
            """
            ## Why targets are missed

            Profiles at 32 connections and 200 bytes. Between runs and processors medians differ by a tenth and more: a row close to its
            target is met in one run and missed in another.

            - **Redis, read and write.** *Its store alone* shows how much of the difference is the comparison's and not the middleware's.
              The two round trips are scripts. The first compares the start of the session and moves its expiry. The second carries the
              content that was read and the new one, compares, checks a deadline and stores. Alone, `redis-benchmark` counts 5.3 and 6.8
              µs of Redis' processor for them, and 2.6 and 2.8 µs for GET and SET. Here three processes share two cores and evict each
              other's caches. Outside the kernel the two scripts take Redis 30 µs, GET and SET 7; the web server takes 57 µs and 23. The
              kernel's part, half of the whole with the driver alone, is nearly equal. With 64 KB the copies into Lua count most: outside
              the kernel GET takes Redis 9 µs, GET in a script 119, and the second script copies three such texts.
            - **Redis compared with others.** ASP.NET Core's session compares nothing and stores after the response. The driver alone does
              not reach three times its figure either. The ratio to express-session differs between runs: 3.4 to 4.1 on an AMD EPYC, 3.0
              on an Intel Xeon.
            - **Memory.** Kestrel and the load take most of both cores: a dictionary alone is 1.5 to 2 times as fast as ASP.NET Core's
              session. The HMAC of the cookie, mostly OpenSSL's work, is the largest part of what the middleware adds to the store.
              ASP.NET Core's session verifies one as well.
            - **No session.** In the process the middleware costs a request less than a third of a microsecond and 152 bytes
              ([the parts](performance-micro.md)). Two processes of one server differ by more: medians of 16 pairs were 0.96 and 1.10 for
              a second floor beside the first, and 0.90 to 1.11 for this project.
            - **Files.** Each write makes a file and renames it over another, which is mostly the file system's work. For each new file an
              ext4 without a journal searches the files deleted in the last minute. There both sides are slower, and this project was 3.4
              and 2.4 times as fast as session-file-store; on an ext4 with a journal, 5 to 11 times.
            - **SQLite compared with a loop of group commits.** The loop reads nothing, compares nothing, and no caller waits for it. Each
              caller of the store reads, compares, and continues after its commit. The smaller the groups, the more a session costs: on an
              AMD EPYC a transaction of the loop takes 62 µs with one session and 207 with 32.


            """
        );
}
