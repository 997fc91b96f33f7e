using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Trust.Tests.Support;

[assembly: AssemblyFixture(typeof(Fleet))]

// Most of these tests wait for something to break.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]

namespace ServerSessions.Trust.Tests.Support;

/// <summary>
/// Three instances of the application on each backend: one in the process of the tests, two in processes of their own. A memory store has
/// one process only; there the three share the store.
/// </summary>
/// <remarks>When it ends it looks whether any instance has shown a secret.</remarks>
public sealed class Fleet : IAsyncDisposable
{
    private const int Children = 2;

    private readonly SemaphoreSlim _oneStarts = new(1, 1);
    private readonly List<HostProcess> _processes = [];
    private readonly List<IAsyncDisposable> _hosts = [];
    private readonly Dictionary<string, Instances> _instances = new(StringComparer.Ordinal);
    private MeetingPoint? _meetings;

    /// <summary>Where sessions can lie.</summary>
    public Places Places { get; } = new();

    /// <summary>Where requests to different instances meet.</summary>
    public MeetingPoint Meetings => _meetings!;

    /// <summary>The instances on one backend; ends the asking test as skipped if it cannot be had.</summary>
    public async Task<Instances> OfAsync(string backend)
    {
        await _oneStarts.WaitAsync();
        try
        {
            if (_meetings is null)
            {
                await StartAsync();
                _meetings = await MeetingPoint.StartAsync();
            }
        }
        finally
        {
            _oneStarts.Release();
        }

        var why = await Places.WhyMissingAsync(backend);
        Assert.SkipWhen(why is not null, why ?? "");
        return _instances[backend];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var reports = new List<string>();
        foreach (var process in _processes)
        {
            reports.Add(await process.EndAsync());
        }

        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        foreach (var instances in _instances.Values)
        {
            instances.Dispose();
            await StorePlace.CloseAsync(instances.Store);
        }

        if (_meetings is not null)
        {
            await _meetings.DisposeAsync();
        }

        await Places.DisposeAsync();
        _oneStarts.Dispose();
        reports.Add(LeakCollector.Shared.Report());
        if (reports.Any(static report => !report.EndsWith(", 0 hits", StringComparison.Ordinal)))
        {
            throw new InvalidOperationException($"A secret was shown, or a host did not say: {string.Join(" | ", reports)}");
        }
    }

    private async Task StartAsync()
    {
        var shared = new List<StorePlace>();
        foreach (var backend in StorePlace.Backends)
        {
            if (await Places.WhyMissingAsync(backend) is null)
            {
                var place = await Places.NewAsync(backend);
                var store = place.Open();
                _instances[backend] = new Instances(store);
                await AddHostAsync(backend, store);
                if (backend == "memory")
                {
                    await AddHostAsync(backend, store);
                    await AddHostAsync(backend, store);
                }
                else
                {
                    shared.Add(place);
                }
            }
        }

        for (var child = 0; child < Children; child++)
        {
            _processes.Add(HostProcess.Start(shared));
        }

        foreach (var process in _processes)
        {
            foreach (var (place, address) in shared.Zip(await process.AddressesAsync()))
            {
                _instances[place.Backend].Add(new TrustClient(address));
            }
        }
    }

    private async Task AddHostAsync(string backend, ISessionStore store)
    {
        var host = await TrustHost.StartAsync(store, protection: static sessions => sessions.AddUserSessions());
        _hosts.Add(host);
        _instances[backend].Add(new TrustClient(host.Address));
    }
}

/// <summary>The instances of the application on one backend.</summary>
/// <param name="store">A store on the same place, for looking what is at rest.</param>
public sealed class Instances(ISessionStore store) : IDisposable
{
    private readonly List<TrustClient> _clients = [];

    /// <summary>A store on the same place.</summary>
    public ISessionStore Store { get; } = store;

    /// <summary>A client of each instance; the first instance is in this process.</summary>
    public IReadOnlyList<TrustClient> Clients => _clients;

    /// <inheritdoc/>
    public void Dispose() => _clients.ForEach(static client => client.Dispose());

    internal void Add(TrustClient client) => _clients.Add(client);
}
