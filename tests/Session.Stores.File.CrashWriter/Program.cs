using System.Globalization;
using System.Text;
using ServerSessions;
using ServerSessions.Payload;
using ServerSessions.Stores.File;

// write FOLDER PREFIX: writes sessions until it is killed, and prints the id of each once it is acknowledged.
// count FOLDER NUMBER: waits for a line of input, adds one to the count in the session 'count' that many times by compare-and-set, and
// ends. store FOLDER: stores one session and ends.
// group FOLDER: the same for a group that shares the sessions, spread over folders.
// durable FOLDER, plain FOLDER: stores one session, with flushes or without, destroys it, and ends.
// many FOLDER: stores twenty sessions, one after the other, and ends.
// exhaust FOLDER: opens files until there are no more to be had, and prints what a write says then, and what it says once they are closed.
// hold FOLDER: takes every lock, prints a line, and keeps them until it is killed.
var (mode, folder) = (args[0], args[1]);
await using var store = new FileSessionStore(
    new FileSessionStoreOptions
    {
        Path = folder,
        OperationTimeout = TimeSpan.FromSeconds(60),
        Durable = mode == "durable",
        AllowGroupAccess = mode == "group",
        FanOut = mode == "group",
    }
);
switch (mode)
{
    case "write":
        await Task.WhenAll(Enumerable.Range(0, 8).Select(WriteForEverAsync));
        break;
    case "count":
        Console.WriteLine("ready");
        Console.ReadLine();
        for (var i = int.Parse(args[2], CultureInfo.InvariantCulture); i > 0; i--)
        {
            await CountAsync();
        }

        break;
    case "durable" or "plain":
        await store.SetAsync("count", new SessionRecord("""{"cookie":{}}"""u8, null));
        await store.DestroyAsync("count");
        break;
    case "many":
        for (var i = 0; i < 20; i++)
        {
            await store.SetAsync($"{i}", new SessionRecord("""{"cookie":{}}"""u8, null));
        }

        break;
    case "store" or "group":
        await store.SetAsync("count", new SessionRecord("""{"cookie":{}}"""u8, null));
        break;
    case "exhaust":
        await store.SetAsync("count", new SessionRecord("""{"cookie":{}}"""u8, null));
        var files = new List<FileStream>();
        var results = new[]
        {
            await TryExhaustedAsync(files, () => store.SetAsync("count", new SessionRecord("""{"cookie":{},"n":1}"""u8, null)).AsTask()),
            await TryExhaustedAsync(files, () => store.GetAsync("count").AsTask()),
        };
        files.ForEach(static file => file.Dispose());
        results = [.. results, await TryAsync(store.SetAsync("count", new SessionRecord("""{"cookie":{},"n":2}"""u8, null)).AsTask())];
        Console.WriteLine(string.Join('\n', results));
        break;
    case "hold":
        var locks = Enumerable
            .Range(0, 256)
            .Select(stripe => new FileStream(
                Path.Combine(folder, ".locks", $"{stripe:x2}"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            ))
            .ToList();
        Console.WriteLine($"{locks.Count} locks held");
        await Task.Delay(Timeout.Infinite);
        break;
    default:
        return 1;
}

return 0;

async Task WriteForEverAsync(int worker)
{
    // 64 KB each, so that many a kill meets a file that is half written.
    var filling = new string('x', 64 * 1024);
    for (var i = 0; ; i++)
    {
        var sid = $"{args[2]}-{worker}-{i}";
        await store.SetAsync(
            sid,
            new SessionRecord(Encoding.UTF8.GetBytes($$$"""{"cookie":{},"id":"{{{sid}}}","filling":"{{{filling}}}"}"""), null)
        );

        // The same session again: a kill then finds an old one to replace.
        await store.SetAsync(
            sid,
            new SessionRecord(Encoding.UTF8.GetBytes($$$"""{"cookie":{},"id":"{{{sid}}}","filling":"{{{filling}}}"}"""), null)
        );
        Console.WriteLine(sid);
    }
}

// Something else may close a file between the last one that was to be had and the call: then once more.
static async Task<string> TryExhaustedAsync(List<FileStream> files, Func<Task> call)
{
    for (var attempt = 1; ; attempt++)
    {
        Exhaust(files);
        var answer = await TryAsync(call());
        if (answer != "done" || attempt == 50)
        {
            return answer;
        }
    }
}

static void Exhaust(List<FileStream> files)
{
    try
    {
        while (true)
        {
            files.Add(new FileStream("/dev/null", FileMode.Open, FileAccess.Read));
        }
    }
    catch (IOException)
    {
        // There are no more.
    }
}

static async Task<string> TryAsync(Task call)
{
    try
    {
        await call;
        return "done";
    }
    catch (SessionStoreException error)
    {
        return $"transient {error.IsTransient}: {error.Message}";
    }
}

async Task CountAsync()
{
    ConditionalSetResult result;
    do
    {
        var read = (await store.GetAsync("count"))!;
        var document = SessionDocument.Parse(read.Payload);
        document.TryGetJson("n", out var json);
        var next = int.Parse(json.Span, CultureInfo.InvariantCulture) + 1;
        document.SetJson("n", Encoding.UTF8.GetBytes(next.ToString(CultureInfo.InvariantCulture)));
        result = await store.TrySetAsync("count", new SessionRecord(document.ToPayload(), read.Expires), read);
    } while (result == ConditionalSetResult.Changed);
}
