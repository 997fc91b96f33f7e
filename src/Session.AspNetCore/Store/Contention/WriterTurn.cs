namespace ServerSessions;

/// <summary>
/// The turn of a writer in a <see cref="WriterQueue"/>. The default value is none: its writer writes beside others, and the store tells it
/// if one was ahead.
/// </summary>
internal struct WriterTurn
{
    private readonly string _key;
    private WriterQueue? _queue;

    public WriterTurn(WriterQueue queue, string key, SessionRecord? latest = null) => (_queue, _key, Latest) = (queue, key, latest);

    /// <summary>Whether no other writer of the record in this process has the turn.</summary>
    public readonly bool IsHeld => _queue is not null;

    /// <summary>
    /// The record that the writer in front has stored, so that it need not be read. Another process may have replaced or removed it since.
    /// <see langword="null"/> if it is not known.
    /// </summary>
    public SessionRecord? Latest { get; private set; }

    /// <summary>Ends the turn. Idempotent.</summary>
    /// <param name="stored">The record that was stored; <see langword="null"/> if none was.</param>
    public void Leave(SessionRecord? stored = null)
    {
        var queue = _queue;
        _queue = null;
        queue?.Leave(_key, stored);
    }

    /// <summary>
    /// Lets those behind go on without a turn, because the store has failed: each finds out for itself, and at the same time.
    /// </summary>
    public readonly void Dissolve() => _queue?.Dissolve(_key);

    /// <summary>Returns the turn without the record, which is outdated.</summary>
    public readonly WriterTurn WithoutLatest() => this with { Latest = null };
}
