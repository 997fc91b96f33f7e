using System.Globalization;
using ServerSessions.Conformance;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>Two Redis servers, the second a replica of the first.</summary>
internal sealed class ReplicatedRedis : ReplicatedServers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RedisServer _first;
    private readonly RedisServer _second;

    private ReplicatedRedis(RedisServer first, RedisServer second)
    {
        (_first, _second) = (first, second);
        Link = FaultProxy.Start(first.Process.Port);
    }

    public override FaultProxy Link { get; }

    public static async Task<ReplicatedRedis> StartAsync()
    {
        // A copy for the replica begins at once, and not after five seconds in which further replicas might come.
        string[] settings = ["--repl-diskless-sync-delay", "0"];
        var servers = new ReplicatedRedis(await RedisServer.StartAsync(settings), await RedisServer.StartAsync(settings));
        await servers._second.CommandAsync("REPLICAOF", "127.0.0.1", Text(servers.Link.Port));
        await servers.CatchUpAsync();
        return servers;
    }

    public override StorePlace Place(TimeSpan timeout) => new("redis", $"{_first.EndPoint},{_second.EndPoint}", "sess:", timeout);

    public override StorePlace Second(TimeSpan timeout) => new("redis", _second.ConnectionString, "sess:", timeout);

    public override Task CatchUpAsync() => _first.WaitForReplicaAsync(Patience);

    public override Task PromoteAsync() => _second.CommandAsync("REPLICAOF", "NO", "ONE");

    public override Task DemoteAsync() => _first.CommandAsync("REPLICAOF", "127.0.0.1", Text(_second.Process.Port));

    public override Task EndFirstAsync() => _first.Process.KillAsync();

    public override void FreezeFirst() => _first.Process.Freeze();

    public override async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
