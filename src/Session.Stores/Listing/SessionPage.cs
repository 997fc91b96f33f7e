namespace ServerSessions.Stores;

/// <summary>A page of a listing. Not thread safe.</summary>
/// <typeparam name="TPosition">What the store continues from: the last id, or a position of the backend.</typeparam>
public sealed class SessionPage<TPosition>
{
    /// <summary>
    /// Gets the sessions of the page, in the order of the backend. It may have expired ones, which <see cref="PagedListing"/> leaves out.
    /// </summary>
    public IList<SessionEntry> Sessions { get; } = [];

    /// <summary>Gets or sets the number of entries that are not sessions, and are left out.</summary>
    public int Unreadable { get; set; }

    /// <summary>
    /// Gets or sets the position of the next page. It is after the last entry that was read, also if no entry is a session. Not used on the
    /// last page.
    /// </summary>
    public TPosition? Next { get; set; }

    /// <summary>Gets or sets a value indicating whether another page follows.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool HasMore { get; set; }
}
