namespace ServerSessions.Testing;

/// <summary>
/// The shell script that a server runs under. Its standard input is a pipe that only the test process holds: when that process ends,
/// for any reason (SIGKILL included), the script ends the server and removes its folder. (Linux's own parent-death signal would not
/// do: it comes when the <i>thread</i> ends that started the child, and a thread of .NET's pool ends when it has nothing to do.)
/// </summary>
internal static class Watchdog
{
    /// <summary>
    /// Arguments: the data folder, the signal's number, the program, its arguments. The first line of output is the server's process id.
    /// </summary>
    public const string Script = """
        folder=$1 signal=$2
        shift 2
        exec 3<&0
        # The id is written by the process that becomes the server, so that it comes before anything that the server writes.
        /bin/sh -c 'echo $$; exec "$@"' server "$@" 3<&- </dev/null &
        server=$!
        {
          read -r nothing <&3
          trap '' TERM
          kill -$signal $server
          kill -CONT $server
          tries=0
          while kill -0 $server && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
          kill -KILL $server
          rm -rf "$folder"
        } >/dev/null 2>&1 &
        watchdog=$!
        exec 3<&-
        wait $server
        status=$?
        kill $watchdog 2>/dev/null
        wait $watchdog
        exit $status
        """;
}
