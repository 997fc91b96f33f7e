using System.Security.Cryptography;
using ServerSessions.Interop.CrossRuntime.Backends;
using ServerSessions.Interop.CrossRuntime.Running;

namespace ServerSessions.Interop.CrossRuntime.Cases;

/// <summary>One session on its way between the runtimes: its id, its store in either, and the clock that both go by.</summary>
internal sealed class Walk(Backend backend, NodeStore node, TimeSpan? lifetime) : IAsyncDisposable
{
    // No whole second, so that who rounds up is seen; later than any clock of a real server that removes what is over.
    private static readonly DateTimeOffset Start = new DateTimeOffset(2099, 3, 1, 12, 0, 0, TimeSpan.Zero).AddMilliseconds(250);

    private readonly FakeTimeProvider _clock = new(Start);
    private long _mark;
    private ISessionStore? _store;

    public string Sid { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    public Backend Backend => backend;

    public NodeStore Node => node;

    public TimeSpan? Lifetime => lifetime;

    public FakeTimeProvider Clock => _clock;

    public DateTimeOffset Now => _clock.GetUtcNow();

    public ISessionStore Store => _store ??= backend.NewStore(_clock);

    public ITouchableSessionStore Touchable => (ITouchableSessionStore)Store;

    public IConditionalSessionStore Conditional => (IConditionalSessionStore)Store;

    /// <summary>The end of a session that is written or touched now.</summary>
    public DateTimeOffset End => Now + (lifetime ?? backend.DefaultLifetime);

    /// <summary>Ten seconds later, which are no whole seconds; what is written from here on is measured from here.</summary>
    public async Task LaterAsync()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(10_100));
        await MarkAsync();
    }

    public async Task MarkAsync() => _mark = await backend.MarkAsync();

    public Task<RawRecord?> DumpAsync(string? sid = null) => backend.DumpAsync(sid ?? Sid, Now, _mark);

    /// <summary>Reads here, and compares the end that the store tells with the one that was stored.</summary>
    public async Task<SessionRecord> ReadAsync(DateTimeOffset stored)
    {
        var read = await Store.GetAsync(Sid);
        Assert.NotNull(read);
        var passed = TimeSpan.FromMilliseconds(await backend.MarkAsync() - _mark);
        var slack = passed == TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(2);
        Assert.InRange(read.Expires!.Value, stored - passed - slack, stored + slack);
        return read;
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }
}
