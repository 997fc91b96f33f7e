using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>One of several hosts on one place, until another takes its turn.</summary>
internal sealed record RotatingHost(TrustHost Host, CountingStore Store, string Secret, Func<ValueTask> Close) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Close();
    }
}

/// <summary>Two hosts on one place, which are replaced one by one, as a deployment does it.</summary>
internal sealed class RotatingHosts(StorePlace place, LineCounter lines) : IAsyncDisposable
{
    public const int Count = 2;

    private readonly RotatingHost?[] _hosts = new RotatingHost?[Count];

    // What lies in memory lies in one store.
    private readonly ISessionStore? _shared = place.Backend == "memory" ? place.Open() : null;

    public IEnumerable<RotatingHost> All => _hosts.Select(static host => host!);

    /// <summary>Whichever comes: visitors do not stay with one host.</summary>
    public RotatingHost Any(Random random) => Volatile.Read(ref _hosts[random.Next(Count)])!;

    /// <summary>Starts a host and gives it the place of another, which is no longer asked, and whose end is the caller's.</summary>
    /// <param name="number">Which of them.</param>
    /// <param name="secret">What the new one signs with.</param>
    /// <param name="others">What else it accepts.</param>
    public async Task<RotatingHost?> ReplaceAsync(int number, string secret, IEnumerable<string> others)
    {
        var store = _shared ?? place.Open();
        var counting = new CountingStore(store);
        var host = await TrustHost.StartAsync(
            counting,
            options =>
            {
                // Sent with each response, so that who comes by is signed again.
                (options.Secret, options.Rolling) = (secret, true);
                foreach (var other in others)
                {
                    options.PreviousSecrets.Add(other);
                }
            },
            before: app => app.Services.GetRequiredService<ILoggerFactory>().AddProvider(lines)
        );
        var next = new RotatingHost(host, counting, secret, () => _shared is null ? StorePlace.CloseAsync(store) : ValueTask.CompletedTask);
        return Interlocked.Exchange(ref _hosts[number], next);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            if (host is not null)
            {
                await host.DisposeAsync();
            }
        }

        if (_shared is not null)
        {
            await StorePlace.CloseAsync(_shared);
        }
    }
}
