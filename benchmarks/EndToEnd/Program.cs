using ServerSessions.Benchmarks;
using ServerSessions.Benchmarks.EndToEnd;
using ServerSessions.Benchmarks.EndToEnd.Load;
using ServerSessions.Benchmarks.EndToEnd.Running;
using ServerSessions.Benchmarks.EndToEnd.Serving;

// One program in three parts, each in a process of its own: what is measured, what measures, and what runs the two.
switch (args)
{
    case ["--serve", var backend, var contender, .. var place]:
        await ServerCommand.RunAsync(Enum.Parse<Backend>(backend), Enum.Parse<Contender>(contender), place is [var where] ? where : "");
        break;
    case ["--load"]:
        await LoadCommand.RunAsync();
        break;
    default:
        return await Comparison.RunAsync(CommandLine.Parse<RunOptions>(args));
}

return 0;
