namespace ServerSessions.Stores.Memory;

/// <summary>
/// The slots in the order of their last use, as an intrusive linked list. The owner's lock guards all but <see cref="Newest"/>.
/// </summary>
internal sealed class SessionOrder
{
    private volatile SessionSlot? _newest;

    /// <summary>The most recently used slot. May be read without the lock.</summary>
    public SessionSlot? Newest => _newest;

    public SessionSlot? Oldest { get; private set; }

    public void Add(SessionSlot slot)
    {
        slot.Older = _newest;
        slot.Newer = null;
        if (_newest is { } newest)
        {
            newest.Newer = slot;
        }
        else
        {
            Oldest = slot;
        }

        _newest = slot;
    }

    public void Remove(SessionSlot slot)
    {
        if (slot.Newer is { } newer)
        {
            newer.Older = slot.Older;
        }
        else
        {
            _newest = slot.Older;
        }

        if (slot.Older is { } older)
        {
            older.Newer = slot.Newer;
        }
        else
        {
            Oldest = slot.Newer;
        }

        // A removed slot that is still referenced must not keep others alive.
        slot.Newer = null;
        slot.Older = null;
    }

    public void MoveToNewest(SessionSlot slot)
    {
        if (slot != _newest)
        {
            Remove(slot);
            Add(slot);
        }
    }
}
