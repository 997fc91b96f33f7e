namespace ServerSessions.Stores.Memory;

/// <summary>The place of one session in a <see cref="SessionTable"/>: its record, and its neighbours in the order of use.</summary>
internal sealed class SessionSlot(string sid)
{
    private volatile SessionRecord? _record;

    public string Sid { get; } = sid;

    /// <summary>
    /// What is stored; <see langword="null"/> once the slot has left the table, so that whoever still holds it sees that. Written under the
    /// table's lock, read anywhere.
    /// </summary>
    public SessionRecord? Record
    {
        get => _record;
        set => _record = value;
    }

    /// <summary>The neighbour that was used later. Under the table's lock.</summary>
    public SessionSlot? Newer { get; set; }

    /// <summary>The neighbour that was used earlier. Under the table's lock.</summary>
    public SessionSlot? Older { get; set; }

    /// <summary>The record, where it is there and not expired.</summary>
    public SessionRecord? RecordAt(DateTimeOffset now) => Record is { } record && now < record.Expires ? record : null;
}
