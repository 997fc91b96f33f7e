using System.Text;
using ServerSessions;
using ServerSessions.Stores.Sqlite;

// write FILE PREFIX: writes sessions until it is killed, and prints the id of each once it is acknowledged.
// start FILE ID: waits for a line of input, opens the database, stores one session and ends.
// full FILE PREFIX, normal FILE PREFIX: stores fifty sessions, one after the other, with that option, and ends.
// large FILE PREFIX: as normal, fifty megabytes in all.
// data FOLDER NAME: opens a database of that name in its DataDirectory, and one by the driver's macro, prints a line, and waits for its
// end.
var (mode, file, name) = (args[0], args[1], args[2]);
if (mode == "data")
{
    AppContext.SetData("DataDirectory", file);
    file = name;
}

await using var store = new SqliteSessionStore(
    new SqliteSessionStoreOptions
    {
        ConnectionString = file,
        OperationTimeout = TimeSpan.FromSeconds(30),
        Synchronous = mode == "full" ? SqliteSynchronous.Full : SqliteSynchronous.Normal,
    }
);
switch (mode)
{
    case "write":
        await Task.WhenAll(Enumerable.Range(0, 8).Select(WriteForEverAsync));
        break;
    case "start":
        Console.WriteLine("ready");
        Console.ReadLine();
        await StoreAsync(name);
        break;
    case "full" or "normal" or "large":
        for (var i = 0; i < 50; i++)
        {
            await StoreAsync($"{name}-{i}", mode == "large" ? 1_000_000 : 0);
        }

        break;
    case "data":
        await store.OpenAsync();
        await using (
            var other = new SqliteSessionStore(new SqliteSessionStoreOptions { ConnectionString = "Data Source=|DataDirectory|macro.db" })
        )
        {
            await other.OpenAsync();
        }

        Console.WriteLine("ready");
        Console.ReadLine();
        break;
    default:
        return 1;
}

return 0;

async Task WriteForEverAsync(int worker)
{
    for (var i = 0; ; i++)
    {
        await StoreAsync($"{name}-{worker}-{i}");
    }
}

async Task StoreAsync(string sid, int more = 0)
{
    var padding = more > 0 ? $",\"more\":\"{new string('x', more)}\"" : "";
    await store.SetAsync(sid, new SessionRecord(Encoding.UTF8.GetBytes($$$"""{"cookie":{},"id":"{{{sid}}}"{{{padding}}}}"""), null));
    Console.WriteLine(sid);
}
