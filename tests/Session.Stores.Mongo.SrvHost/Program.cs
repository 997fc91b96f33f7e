using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerSessions;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.Mongo.SrvHost;
using ServerSessions.Testing.MongoServer;

// Runs in a mount namespace of its own, whose /etc/resolv.conf names this process as the DNS server. Arguments: that address, the URL of
// the store, the replica set that the server plays or nothing, the TXT record or nothing, the seconds that a call may take.
var (dnsAddress, url, replicaSet, text) = (args[0], args[1], args[2], args[3]);
using var dns = new DnsTestServer(IPAddress.Parse(dnsAddress));
await using var server = MongoTestServer.Start(new MongoTestServerOptions { ReplicaSet = replicaSet.Length > 0 ? replicaSet : null });
dns.AddService("_mongodb._tcp.cluster0.test.example", "db0.test.example", server.Port);
dns.AddAddress("db0.test.example", IPAddress.Loopback);
if (text.Length > 0)
{
    dns.AddText("cluster0.test.example", text);
}

_ = dns.RunAsync();
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Logging.AddSimpleConsole(static options => options.SingleLine = true);
builder.Services.Configure<MongoSessionStoreOptions>(options =>
    options.OperationTimeout = TimeSpan.FromSeconds(int.Parse(args[4], CultureInfo.InvariantCulture))
);
builder
    .Services.AddServerSessions(static options => options.Secret = "a secret that is as long as a secret has to be")
    .AddStoreFromUrl(url);
using var host = builder.Build();
try
{
    await host.StartAsync();
    Console.WriteLine("started");
    var store = host.Services.GetRequiredService<ISessionStore>();
    await store.SetAsync("a", new SessionRecord("""{"cookie":{}}"""u8.ToArray(), null));
    Console.WriteLine(await store.GetAsync("a") is null ? "lost" : "kept");
}
catch (SessionStoreException error)
{
    Console.WriteLine($"{error.GetType().Name}: {error.Message}");
}
