using System.Text;
using Session;
using Session.Stores.Sqlite;

// write FILE PREFIX: writes sessions until it is killed, and prints the id of each once it is acknowledged.
// start FILE ID: waits for a line of input, opens the database, stores one session and ends.
var (mode, file, name) = (args[0], args[1], args[2]);
await using var store = new SqliteSessionStore(new SqliteSessionStoreOptions { ConnectionString = file, BusyTimeout = TimeSpan.FromSeconds(30) });
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

async Task StoreAsync(string sid)
{
    await store.SetAsync(sid, new SessionRecord(Encoding.UTF8.GetBytes($$$"""{"cookie":{},"id":"{{{sid}}}"}"""), null));
    Console.WriteLine(sid);
}
