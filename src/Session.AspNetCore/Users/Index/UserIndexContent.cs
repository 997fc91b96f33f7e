namespace ServerSessions;

/// <summary>The list of a user's sessions. Immutable. At every instant it names at least every live session of the user.</summary>
/// <param name="Subject">The user.</param>
/// <param name="Entries">The sessions, in the order in which they were signed in.</param>
/// <param name="Until">The expiry of the list. No session that it names lives longer.</param>
/// <param name="EndedAt">When all sessions of the user were last ended.</param>
/// <param name="Version">The version of the format.</param>
internal sealed record UserIndexContent(
    string Subject,
    IReadOnlyList<UserIndexEntry> Entries,
    DateTimeOffset Until,
    DateTimeOffset? EndedAt = null,
    int Version = 1
)
{
    public static UserIndexContent Empty(string subject, DateTimeOffset until) => new(subject, [], until);

    /// <summary>The number of sessions that are not being ended.</summary>
    public int Count() => Entries.Count(static entry => !entry.Ending);

    public UserIndexEntry? Find(string handle) => Entries.FirstOrDefault(entry => entry.Handle == handle);

    /// <summary>Returns the list with a session, in place of the one with the same handle.</summary>
    public UserIndexContent With(UserIndexEntry entry) =>
        Find(entry.Handle) is { } known
            ? this with { Entries = [.. Entries.Select(other => ReferenceEquals(other, known) ? entry : other)] }
            : this with { Entries = [.. Entries, entry] };

    /// <summary>Returns the list with a later expiry.</summary>
    public UserIndexContent Outliving(DateTimeOffset until) => until > Until ? this with { Until = until } : this;

    /// <summary>
    /// Returns the list without these keys, and without the sessions that have no key left. An empty list stays for a while: that it is
    /// there tells that sessions were ended, not lost.
    /// </summary>
    public UserIndexContent Without(IReadOnlyCollection<ListedKey> keys, DateTimeOffset emptyUntil)
    {
        var edited = Entries.Select(entry => entry.Without(keys.Where(key => key.Handle == entry.Handle))).ToList();
        if (edited.SequenceEqual(Entries, ReferenceEqualityComparer.Instance))
        {
            return this;
        }

        var left = edited.FindAll(static entry => entry.Keys.Count > 0);
        return this with { Entries = left, Until = left.Count == 0 ? emptyUntil : Until };
    }
}

/// <summary>A session in the list of a user.</summary>
/// <param name="Handle">The public name of the session.</param>
/// <param name="Keys">The store keys under which it may be: two while it gets a new id. Hashes, if ids are hashed.</param>
/// <param name="Since">When the user signed in.</param>
/// <param name="Added">When the last key was added. A request that was to store the session there may still be under way.</param>
/// <param name="Device">A short hash of the description of the device.</param>
/// <param name="Ending">Whether the session is to be ended. It gets no new id, and who meets it ends it.</param>
/// <param name="EndReason">
/// Why it is to be ended, so that a later call that completes it says the same. A name of <see cref="SessionEndReason"/>, or of a newer
/// version: one that is not known must not make the list unreadable.
/// </param>
internal sealed record UserIndexEntry(
    string Handle,
    IReadOnlyList<string> Keys,
    DateTimeOffset Since,
    DateTimeOffset Added,
    string? Device = null,
    bool Ending = false,
    string? EndReason = null
)
{
    /// <summary>Returns the session as one that is to be ended. If it already was, its reason stays.</summary>
    public UserIndexEntry ToEnd(SessionEndReason reason) => Ending ? this : this with { Ending = true, EndReason = reason.ToString() };

    /// <summary>Returns why it is to be ended. An ending that names no known reason is one from a list.</summary>
    public SessionEndReason ReasonToEnd() =>
        Enum.TryParse<SessionEndReason>(EndReason, out var reason) && Enum.IsDefined(reason) ? reason : SessionEndReason.EndedElsewhere;

    /// <summary>The keys with the handle.</summary>
    public IEnumerable<ListedKey> ListedKeys => Keys.Select(key => new ListedKey(Handle, key));

    /// <summary>Returns the session with a further key.</summary>
    public UserIndexEntry With(string key, DateTimeOffset now) =>
        this with { Keys = Keys.Contains(key) ? Keys : [.. Keys, key], Added = now };

    public UserIndexEntry Without(IEnumerable<ListedKey> keys)
    {
        var left = Keys.Except(keys.Select(static key => key.Key)).ToList();
        return left.Count == Keys.Count ? this : this with { Keys = left };
    }
}

/// <summary>A key of a session in a list.</summary>
internal readonly record struct ListedKey(string Handle, string Key);
