// Starts the servers, says one line for each, "process-id folder", and waits to be killed.
using ServerSessions.Testing;

var redis = await RedisServer.StartAsync();
var postgres = await PostgresServer.StartAsync();
var mariaDb = await MariaDbServer.StartAsync();
foreach (var process in (ServerProcess[])[redis.Process, postgres.Process, mariaDb.Process])
{
    Console.WriteLine($"{process.ProcessId} {process.Folder}");
}

await Task.Delay(Timeout.Infinite);
