using System.Collections;
using System.Collections.Concurrent;

namespace ServerSessions.Stores.Memory;

/// <summary>
/// Records by sid, bounded in number and in bytes of payload. A lookup takes no lock. Writes and changes of the order of use take one lock
/// for a few pointer writes; the lock never covers a payload, a clock or other code.
/// </summary>
internal sealed class SessionTable(int maxSessions, long maxBytes) : IEnumerable<SessionSlot>
{
    private const int InitialCapacity = 31;

    private readonly Lock _lock = new();
    private readonly SessionOrder _order = new();
    private int _count;
    private long _bytes;

    // All writes are under one lock, so the dictionary needs only one of its own.
    private readonly ConcurrentDictionary<string, SessionSlot> _slots = new(concurrencyLevel: 1, InitialCapacity, StringComparer.Ordinal);

    /// <summary>Returns the live record of a session. Does not count as a use.</summary>
    public SessionRecord? Find(string sid, DateTimeOffset now) => _slots.TryGetValue(sid, out var slot) ? slot.RecordAt(now) : null;

    /// <summary>Returns the live record of a session and counts as a use. Removes an expired one.</summary>
    public SessionRecord? Use(string sid, DateTimeOffset now)
    {
        if (!_slots.TryGetValue(sid, out var slot))
        {
            return null;
        }

        if (slot.RecordAt(now) is not { } record)
        {
            RemoveExpired(slot, now);
            return null;
        }

        if (slot != _order.Newest)
        {
            lock (_lock)
            {
                if (slot.Record is not null)
                {
                    _order.MoveToNewest(slot);
                }
            }
        }

        return record;
    }

    /// <summary>Stores a record, or removes the stored one if it is <see langword="null"/>.</summary>
    /// <returns>Whether a live session was dropped to make room.</returns>
    public bool Set(string sid, SessionRecord? record, DateTimeOffset now)
    {
        lock (_lock)
        {
            return Write(sid, _slots.GetValueOrDefault(sid), record, now);
        }
    }

    /// <summary>
    /// Stores or removes a record atomically, only if the live record is still <paramref name="current"/> (or there is still none).
    /// </summary>
    public bool TryReplace(string sid, SessionRecord? current, SessionRecord? record, DateTimeOffset now, out bool evicted)
    {
        lock (_lock)
        {
            var slot = _slots.GetValueOrDefault(sid);
            var same = slot?.RecordAt(now) == current;
            evicted = same && Write(sid, slot, record, now);
            return same;
        }
    }

    /// <summary>Removes the record of a slot if it is expired.</summary>
    public bool RemoveExpired(SessionSlot slot, DateTimeOffset now)
    {
        lock (_lock)
        {
            var expired = slot.Record is { } record && now >= record.Expires;
            if (expired)
            {
                Remove(slot);
            }

            return expired;
        }
    }

    /// <summary>
    /// Returns every slot, without a lock. A slot that stays is returned exactly once. A slot removed meanwhile may be returned and has no
    /// record.
    /// </summary>
    public IEnumerator<SessionSlot> GetEnumerator()
    {
        foreach (var (_, slot) in _slots)
        {
            yield return slot;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private bool Write(string sid, SessionSlot? slot, SessionRecord? record, DateTimeOffset now)
    {
        if (record is null)
        {
            if (slot is not null)
            {
                Remove(slot);
            }

            return false;
        }

        var evicted = slot is null && _count == maxSessions && Evict(now);
        if (slot is null)
        {
            slot = new SessionSlot(sid);
            _slots[sid] = slot;
            _order.Add(slot);
            _count++;
        }
        else
        {
            _bytes -= slot.Record!.Payload.Length;
            _order.MoveToNewest(slot);
        }

        slot.Record = record;
        _bytes += record.Payload.Length;

        // The written session is the newest and fits alone. One that a touch made larger than the limit stays.
        while (_bytes > maxBytes && _count > 1)
        {
            evicted |= Evict(now);
        }

        return evicted;
    }

    private bool Evict(DateTimeOffset now)
    {
        var oldest = _order.Oldest!;
        var live = oldest.RecordAt(now) is not null;
        Remove(oldest);
        return live;
    }

    private void Remove(SessionSlot slot)
    {
        _slots.TryRemove(slot.Sid, out _);
        _order.Remove(slot);
        _bytes -= slot.Record!.Payload.Length;
        slot.Record = null;
        _count--;
    }
}
