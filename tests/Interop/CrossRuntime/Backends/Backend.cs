using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>A backend that both runtimes have a store for, at one place: an empty database, folder or prefix.</summary>
internal abstract class Backend : IAsyncDisposable
{
    /// <summary>The name of the package's store in Node/backends.js.</summary>
    public abstract string Kind { get; }

    /// <summary>The place, as Node/backends.js takes it.</summary>
    public abstract object NodePlace { get; }

    /// <summary>How long a session without a lifetime lives, in both.</summary>
    public abstract TimeSpan DefaultLifetime { get; }

    /// <summary>Whether values are kept as the backend's own and not as JSON text.</summary>
    public virtual bool KeepsDocuments => false;

    /// <summary>Whether a touch writes the cookie as well.</summary>
    public virtual bool TouchWritesCookie => false;

    /// <summary>Whether a touch by the Node package moves the end of a session without a lifetime.</summary>
    public virtual bool NodeTouchesWithoutLifetime => true;

    /// <summary>This project's store for this place.</summary>
    public abstract ISessionStore NewStore(TimeProvider clock);

    /// <summary>Registers this project's store for this place.</summary>
    public abstract void AddTo(IServerSessionBuilder builder);

    /// <summary>The place as <c>AddStoreFromUrl</c> takes it.</summary>
    public abstract string Url { get; }

    /// <summary>A moment of the backend's own clock, to be taken before a write whose end is read afterwards.</summary>
    public virtual Task<long> MarkAsync() => Task.FromResult(0L);

    /// <summary>The record as it lies there; null if there is none.</summary>
    /// <param name="sid">Its id.</param>
    /// <param name="at">What the writer's clock showed.</param>
    /// <param name="mark">The backend's own clock just before the write.</param>
    public abstract Task<RawRecord?> DumpAsync(string sid, DateTimeOffset at, long mark);

    /// <summary>The end that the Node package stores for a session that is to end then.</summary>
    public virtual DateTimeOffset StoredByNode(DateTimeOffset ends, DateTimeOffset at) => ends;

    /// <summary>The end that this project's store stores.</summary>
    public virtual DateTimeOffset StoredByUs(DateTimeOffset ends) => ends;

    public abstract ValueTask DisposeAsync();

    /// <summary>These tests are not about deadlines.</summary>
    protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    protected static DateTimeOffset SecondAfter(DateTimeOffset instant) =>
        new((instant.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
