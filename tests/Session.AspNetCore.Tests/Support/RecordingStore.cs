using System.Collections.Concurrent;
using ServerSessions.Payload;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Tests;

/// <summary>A memory store that counts its calls and can be made slow or failing.</summary>
internal sealed class RecordingStore(TimeProvider? time = null, bool missingFileMeansAbsent = false, bool boundsCalls = false)
    : ITouchableSessionStore,
        IConditionalSessionStore,
        IDisposable
{
    private readonly MemorySessionStore _inner = new(new MemorySessionStoreOptions(), time ?? TimeProvider.System);
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly ConcurrentDictionary<string, bool> _removed = new();

    public event EventHandler? Connected;

    public event EventHandler? Disconnected;

    public bool MissingFileMeansAbsent => missingFileMeansAbsent;

    public bool BoundsCalls => boundsCalls;

    public TimeSpan? DefaultLifetime => _inner.DefaultLifetime;

    public string[] Calls => [.. _calls];

    public MemorySessionStore Inner => _inner;

    /// <summary>Runs before each call, with its name: waits, throws, or does what a parallel request would.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>The token of the last read.</summary>
    public CancellationToken LastToken { get; private set; }

    /// <summary>Runs after each read, before its answer is given.</summary>
    public Func<Task> AfterGet { get; set; } = static () => Task.CompletedTask;

    /// <summary>Runs after each conditional write, before its result is given.</summary>
    public Func<Task> AfterTrySet { get; set; } = static () => Task.CompletedTask;

    public void Forget() => _calls.Clear();

    public void Disconnect() => Disconnected?.Invoke(this, EventArgs.Empty);

    public void Connect() => Connected?.Invoke(this, EventArgs.Empty);

    public async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        LastToken = cancellationToken;
        await Note("get");
        var record = await _inner.GetAsync(sid, cancellationToken);
        await AfterGet();
        return record;
    }

    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        await Note("set");
        await _inner.SetAsync(sid, record, cancellationToken);
    }

    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        if (!_removed.TryRemove(sid, out _))
        {
            await Note("destroy");
        }

        await _inner.DestroyAsync(sid, cancellationToken);
    }

    public async ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        await Note("touch");
        return await _inner.TouchAsync(sid, record, cancellationToken);
    }

    public async ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        // By the contract a record that has expired removes the session; where it was absent already a destroy follows: one destroy.
        var removes = expected is not null && record.Expires == DateTimeOffset.UnixEpoch;
        await Note(removes ? "destroy" : "set");
        var result = await _inner.TrySetAsync(sid, record, expected, cancellationToken);
        if (removes && result == ConditionalSetResult.Missing)
        {
            _removed[sid] = true;
        }

        await AfterTrySet();
        return result;
    }

    /// <summary>The one session that is stored. What stays under an old id for a while is none.</summary>
    public async Task<SessionRecord> TheOnlySessionAsync()
    {
        var records = new List<SessionRecord>();
        await foreach (var entry in _inner.AllAsync())
        {
            if (!SessionDocument.Parse(entry.Record.Payload).TryGetJson("__moved", out _))
            {
                records.Add(entry.Record);
            }
        }

        return Assert.Single(records);
    }

    public void Dispose() => _inner.Dispose();

    private async ValueTask Note(string call)
    {
        _calls.Enqueue(call);
        await Before(call);
    }
}
