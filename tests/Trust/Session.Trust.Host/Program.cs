// Opens a host on each place that is named, one argument each, says a line of addresses, and ends when its input does, so that it never
// outlives the tests. With the argument "threads" and a number before the places the pool has no more threads than that. With the argument
// "start" it is a Starter instead, with "soak" and a place a SoakHost.
using System.Globalization;
using ServerSessions.Trust.Host;

if (args is [Starter.Argument])
{
    await Starter.RunAsync(Console.In, Console.Out);
    return 0;
}

if (args is [SoakHost.Argument, var place])
{
    await SoakHost.RunAsync(StorePlace.Parse(place), Console.In, Console.Out);
    return 0;
}

var named = args;
if (args is [HostGroup.ThreadsArgument, var most, .. var rest])
{
    HostGroup.LimitThreads(int.Parse(most, CultureInfo.InvariantCulture));
    named = rest;
}

var places = named.Select(StorePlace.Parse).ToList();
await using var hosts = await HostGroup.StartAsync(places);
Console.WriteLine(string.Join(' ', hosts.Addresses));
while (await Console.In.ReadLineAsync() is { } request)
{
    Console.WriteLine(
        request.Split(' ') switch
        {
            // What secrets were seen where they do not belong.
            ["leaks"] => LeakCollector.Shared.Report(),
            ["prune", var batch] => string.Join(' ', await hosts.PruneAsync(int.Parse(batch, CultureInfo.InvariantCulture))),
            _ => "?",
        }
    );
}

return 0;
