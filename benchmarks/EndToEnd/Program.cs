using ServerSessions;
using ServerSessions.Benchmarks;
using ServerSessions.Benchmarks.EndToEnd;
using ServerSessions.Benchmarks.EndToEnd.Contended;
using ServerSessions.Benchmarks.EndToEnd.Delayed;
using ServerSessions.Benchmarks.EndToEnd.Load;
using ServerSessions.Benchmarks.EndToEnd.Running;
using ServerSessions.Benchmarks.EndToEnd.Serving;

// One program in three parts, each in a process of its own: what is measured, what measures, and what runs the two.
switch (args)
{
    case ["--serve", var backend, var contender, .. var place]:
        await ServerCommand.RunAsync(
            Enum.Parse<Backend>(backend),
            Enum.Parse<Contender>(contender),
            place is [var where, ..] ? where : "",
            place is [_, var touch] ? Enum.Parse<SessionTouchOnRead>(touch) : default
        );
        break;
    case ["--load"]:
        await LoadCommand.RunAsync();
        break;
    case ["--touch-on-read", .. var options]:
        return await CommandLine.RunAsync<TouchOptions>(options, TouchComparison.RunAsync, "--touch-on-read");
    case ["--contention", .. var options]:
        return await CommandLine.RunAsync<ContentionOptions>(options, ContentionRun.RunAsync, "--contention");
    default:
        return await CommandLine.RunAsync<RunOptions>(args, Comparison.RunAsync, "[--touch-on-read | --contention]");
}

return 0;
