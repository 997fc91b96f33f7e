namespace ServerSessions.Stores.Memory;

/// <summary>An entry of a <see cref="SessionTable"/>: the record of one session, and its neighbours in the order of use.</summary>
internal sealed class SessionSlot(string sid)
{
    private volatile SessionRecord? _record;

    public string Sid { get; } = sid;

    /// <summary>
    /// The stored record; <see langword="null"/> after the slot was removed from the table. Written under the table's lock, read without
    /// it.
    /// </summary>
    public SessionRecord? Record
    {
        get => _record;
        set => _record = value;
    }

    /// <summary>The next more recently used slot. Guarded by the table's lock.</summary>
    public SessionSlot? Newer { get; set; }

    /// <summary>The next less recently used slot. Guarded by the table's lock.</summary>
    public SessionSlot? Older { get; set; }

    /// <summary>Returns the record if it is not expired.</summary>
    public SessionRecord? RecordAt(DateTimeOffset now) => Record is { } record && now < record.Expires ? record : null;
}
