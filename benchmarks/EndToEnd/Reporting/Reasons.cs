using System.Text;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

/// <summary>Why a target may be missed: what profiles have shown, not what this run has.</summary>
internal static class Reasons
{
    public static void Append(StringBuilder text) =>
        text.Append(
            """
            ## What stands behind a miss

            Profiles at 32 connections and 200 bytes. Of one run to the next, and of one processor to another, medians differ by a tenth and more: a row close to its target is met in one run and missed in
            another.

            - **Redis, read and write.** *Its store alone* says how much of the distance is the comparison's, and not the middleware's. The two round trips are scripts. The first compares how the session begins and moves its expiry; the second carries the content that was read beside the new one,
              compares, heeds a deadline, and stores. Alone, `redis-benchmark` counts 5.3 and 6.8 µs of Redis' processor for them, and 2.6 and 2.8 µs for GET and SET. Here, where three processes take turns on
              two cores and each finds its caches full of the others, the two scripts take Redis 30 µs outside the kernel and GET and SET 7; the web server takes 57 µs and 23. The kernel's part, half of the
              whole with the driver alone, is nearly the same. With 64 KB the copies into Lua count most: outside the kernel GET takes Redis 9 µs, GET in a script 119, and the second script takes in three such texts.
            - **Redis beside others.** ASP.NET Core's session compares nothing, and stores after the answer. Three times its figure the driver alone
              does not reach either. How many times that of express-session its figure is differs from run to run: between 3.4 and 4.1 on an AMD EPYC, 3.0 on an Intel Xeon.
            - **Memory.** Kestrel and the load take most of both cores: a dictionary alone is between 1.5 and 2 times as fast as ASP.NET Core's session. Of what the middleware adds to the store alone, the
              HMAC of the cookie is the largest single part, most of it OpenSSL's; ASP.NET Core's session verifies one as well.
            - **No session.** In the process the middleware costs a request less than a third of a microsecond and 152 bytes ([the parts](performance-micro.md)). Two processes of the same server
              differ by more: medians of 16 pairs were 0.96 and 1.10 for a second floor beside the first, and 0.90 to 1.11 for this project.
            - **Files.** Each write makes a file and renames it over another, which is mostly the file system's work. An ext4 without a journal looks through the files deleted in the last minute for each new
              one: there both sides are slower, and this project was 3.4 and 2.4 times as fast as session-file-store, and 5 to 11 times on an ext4 with a journal.
            - **SQLite beside a loop of group commits.** The loop reads nothing, compares nothing and has nobody who waits. Each caller of the store reads, compares, and goes on once its commit is done. The smaller
              the groups in which they come, the dearer a session: on an AMD EPYC a transaction costs the loop 62 µs with one session in it, and 207 with 32.


            """
        );
}
