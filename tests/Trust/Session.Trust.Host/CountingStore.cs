using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Trust.Host;

/// <summary>A store in front of another that counts its calls, altogether and per request.</summary>
public sealed class CountingStore(ISessionStore inner) : ITouchableSessionStore, IConditionalSessionStore
{
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private int _calls;
    private int _writes;

    /// <inheritdoc/>
    public event EventHandler? Connected
    {
        add => inner.Connected += value;
        remove => inner.Connected -= value;
    }

    /// <inheritdoc/>
    public event EventHandler? Disconnected
    {
        add => inner.Disconnected += value;
        remove => inner.Disconnected -= value;
    }

    /// <inheritdoc/>
    public bool BoundsCalls => inner.BoundsCalls;

    /// <summary>All calls so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Those of them that store or touch a session.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>
    /// How the store knows which request a call belongs to; the same for all hosts of a process, since it looks at the current call's own
    /// context.
    /// </summary>
    internal static IHttpContextAccessor? Accessor { get; set; }

    /// <summary>How often each request tried to write, and forgets it.</summary>
    public IReadOnlyList<int> TakeAttempts()
    {
        int[] attempts = [.. _attempts.Values];
        _attempts.Clear();
        return attempts;
    }

    /// <inheritdoc/>
    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        return inner.GetAsync(sid, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _writes);
        Interlocked.Increment(ref _calls);
        return inner.SetAsync(sid, record, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        return inner.DestroyAsync(sid, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _writes);
        Interlocked.Increment(ref _calls);
        return ((ITouchableSessionStore)inner).TouchAsync(sid, record, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        Interlocked.Increment(ref _writes);
        Interlocked.Increment(ref _calls);
        var request = Accessor?.HttpContext ?? throw new InvalidOperationException("A write that belongs to no request.");
        _attempts.AddOrUpdate(request.TraceIdentifier, 1, static (_, count) => count + 1);
        return ((IConditionalSessionStore)inner).TrySetAsync(sid, record, expected, cancellationToken);
    }
}
