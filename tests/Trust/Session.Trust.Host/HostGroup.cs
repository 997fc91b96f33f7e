using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Trust.Host;

/// <summary>One host on each of several places, each with a store of its own.</summary>
public sealed class HostGroup : IAsyncDisposable
{
    /// <summary>What has the program give its pool no more threads than the number that follows.</summary>
    public const string ThreadsArgument = "threads";

    private readonly List<(TrustHost Host, ISessionStore Store)> _hosts = [];

    /// <summary>The hosts' addresses, in the order of the places.</summary>
    public IEnumerable<Uri> Addresses => _hosts.Select(static entry => entry.Host.Address);

    /// <summary>Limits the threads of this process's pool, so that code which holds one while it waits is soon noticed.</summary>
    public static void LimitThreads(int most)
    {
        if (!ThreadPool.SetMaxThreads(most, most))
        {
            throw new ArgumentOutOfRangeException(nameof(most), most, "Fewer than the machine has processors.");
        }
    }

    /// <summary>Starts the hosts.</summary>
    public static async Task<HostGroup> StartAsync(IEnumerable<StorePlace> places)
    {
        var group = new HostGroup();
        foreach (var place in places)
        {
            var store = place.Open();
            group._hosts.Add((await TrustHost.StartAsync(store, protection: static sessions => sessions.AddUserSessions()), store));
        }

        return group;
    }

    /// <summary>Has each store prune once; how many each removed, 0 where the backend does it by itself.</summary>
    public async Task<IReadOnlyList<int>> PruneAsync(int batch) =>
        await Task.WhenAll(
            _hosts.Select(entry => entry.Store is IPrunableSessionStore prunable ? prunable.PruneAsync(batch).AsTask() : Task.FromResult(0))
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (host, store) in _hosts)
        {
            await host.DisposeAsync();
            await StorePlace.CloseAsync(store);
        }
    }
}
