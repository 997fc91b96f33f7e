using System.Text;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Testing;

/// <summary>Where a test has its sessions, and the clock that they go by. Removed with everything in it.</summary>
public abstract class StorePlace(DateTimeOffset? now = null) : IAsyncDisposable
{
    public FakeTimeProvider Clock { get; } = new(now ?? new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>A record whose payload holds <paramref name="value"/> and that lives for 10 minutes.</summary>
    public SessionRecord Record(string value = "a", TimeSpan? life = null) =>
        new(Payload(value), Clock.GetUtcNow() + (life ?? TimeSpan.FromMinutes(10)));

    public static byte[] Payload(string value) => Encoding.UTF8.GetBytes($$"""{"cookie":{},"value":"{{value}}"}""");

    /// <summary>A record that lives for the store's default lifetime, by whatever clock the store has.</summary>
    public static SessionRecord RecordWithoutExpiry(string value = "a") => new(Payload(value), null);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A place as the tests of every store know it.</summary>
public abstract class StorePlace<TStore>(DateTimeOffset? now = null) : StorePlace(now)
{
    public abstract TStore NewStore();

    public abstract ValueTask OpenAsync(TStore store, CancellationToken cancellationToken);
}

/// <summary>A place as the tests of one backend know it: with the options of its stores.</summary>
public abstract class StorePlace<TStore, TOptions>(DateTimeOffset? now = null) : StorePlace<TStore>(now)
    where TStore : IDisposable, IAsyncDisposable
{
    private readonly List<TStore> _stores = [];

    public TStore Store(Action<TOptions>? configure = null, ILogger<TStore>? logger = null, TimeProvider? clock = null)
    {
        var options = Options();
        configure?.Invoke(options);
        var store = Store(options, clock ?? Clock, logger);
        _stores.Add(store);
        return store;
    }

    public sealed override TStore NewStore() => Store();

    public sealed override async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        await RemoveAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract TOptions Options();

    protected abstract TStore Store(TOptions options, TimeProvider clock, ILogger<TStore>? logger);

    protected abstract ValueTask RemoveAsync();
}
