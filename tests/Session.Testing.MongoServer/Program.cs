using System.Globalization;
using ServerSessions.Testing.MongoServer;

// dotnet ServerSessions.Testing.MongoServer.dll [--port N] [--replica-set NAME]
// Writes the connection string as its first line and runs until its input ends.
var options = new MongoTestServerOptions();
for (var i = 0; i < args.Length; i += 2)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    switch (args[i])
    {
        case "--port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port):
            options.Port = port;
            break;
        case "--replica-set" when value.Length > 0:
            options.ReplicaSet = value;
            break;
        default:
            await Console.Error.WriteLineAsync($"Unknown or incomplete argument '{args[i]}'. Known: --port N, --replica-set NAME.");
            return 2;
    }
}

await using var server = MongoTestServer.Start(options);
Console.WriteLine(server.ConnectionString);
while (await Console.In.ReadLineAsync() is not null) { }

return 0;
