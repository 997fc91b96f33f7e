using System.Globalization;

namespace ServerSessions.Testing;

/// <summary>A Redis Cluster of three primaries, each a child process with a third of the slots, without replicas.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16_384;
    private const int Primaries = 3;
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    private RedisCluster(IReadOnlyList<ServerProcess> nodes) => Nodes = nodes;

    /// <summary>The primaries in the order of their slots: freeze, stop or kill one of them.</summary>
    public IReadOnlyList<ServerProcess> Nodes { get; }

    /// <summary>In StackExchange.Redis's form, all nodes.</summary>
    public string ConnectionString => string.Join(',', Nodes.Select(static node => $"127.0.0.1:{node.Port}"));

    /// <summary>
    /// Starts a cluster and returns when every node takes it for whole; ends the asking test as skipped where the server's program is not
    /// installed.
    /// </summary>
    public static async Task<RedisCluster> StartAsync()
    {
        Skip.Where(Programs.WhyUnavailable(RedisServer.ProgramName));
        var program = RedisServer.Program([], password: null, cluster: true);
        var nodes = new List<ServerProcess>();
        var cluster = new RedisCluster(nodes);
        try
        {
            for (var i = 0; i < Primaries; i++)
            {
                nodes.Add(await ServerProcess.StartAsync(program));
            }

            await cluster.JoinAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Keys of this cluster that no other place has.</summary>
    public RedisPlace NewPlace() => new(ConnectionString, $"redis://127.0.0.1:{Nodes[0].Port}", $"test:{RandomName.New()}:", release: null);

    /// <summary>
    /// Runs a command on one node and gives that node's reply; a key that another node holds is an error (<c>MOVED</c>).
    /// </summary>
    public Task<string> CommandAsync(int node, params string[] words) =>
        RedisServer.CommandAsync(Nodes[node].Port, password: null, words, CancellationToken.None);

    /// <summary>Waits until every node takes the cluster for whole, as after a node's restart.</summary>
    public async Task WaitUntilWholeAsync()
    {
        using var timeout = new CancellationTokenSource(JoinTimeout);
        for (var node = 0; node < Nodes.Count; node++)
        {
            while (await CommandAsync(node, "CLUSTER", "INFO") is var info && !IsWhole(info))
            {
                if (timeout.IsCancellationRequested)
                {
                    throw new TimeoutException($"The cluster is not whole after {JoinTimeout}; node {node} says:\n{info}");
                }

                await Task.Delay(ProbeInterval);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static bool IsWhole(string info) =>
        info.Contains("cluster_state:ok", StringComparison.Ordinal)
        && info.Contains(string.Create(CultureInfo.InvariantCulture, $"cluster_slots_ok:{Slots}"), StringComparison.Ordinal)
        && info.Contains(string.Create(CultureInfo.InvariantCulture, $"cluster_known_nodes:{Primaries}"), StringComparison.Ordinal);

    private async Task JoinAsync()
    {
        for (var node = 0; node < Nodes.Count; node++)
        {
            var first = Slots * node / Nodes.Count;
            var slots = Enumerable.Range(first, (Slots * (node + 1) / Nodes.Count) - first);
            await CommandAsync(node, ["CLUSTER", "ADDSLOTS", .. slots.Select(static slot => slot.ToString(CultureInfo.InvariantCulture))]);
            // Nodes that all begin with epoch 0 would have to settle which of them is newer first.
            await CommandAsync(node, "CLUSTER", "SET-CONFIG-EPOCH", (node + 1).ToString(CultureInfo.InvariantCulture));
        }

        foreach (var other in Nodes.Skip(1))
        {
            await CommandAsync(0, "CLUSTER", "MEET", "127.0.0.1", other.Port.ToString(CultureInfo.InvariantCulture));
        }

        await WaitUntilWholeAsync();
    }
}
