using ServerSessions.Stores;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;
using ServerSessions.Tool.Sessions;
using ServerSessions.Tool.Users;

namespace ServerSessions.Tool.Checks;

/// <summary>
/// A look at the lists of users' sessions: whether a list names each session of its user, outlives it, and names none that is to be ended.
/// </summary>
internal sealed class UserChecks(OpenedStore store, TimeProvider timeProvider)
{
    private const int Sample = 100;
    private const string Rebuild = "Run 'session users --rebuild': it reads every session and adds those that are missing.";

    // A request may take this long between its two writes.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<StoreCheck>> RunAsync(CancellationToken cancellationToken)
    {
        var sessions = await SignedInAsync(cancellationToken);
        var (lists, trouble) = await UserLists.OpenAsync(store, cancellationToken);
        var sample = lists is null ? [] : await lists.AllAsync(cancellationToken).Take(Sample).ToListAsync(cancellationToken);
        if (lists is null || sample.Count == 0)
        {
            return
            [
                sessions.Count == 0
                    ? StoreCheck.Passed(StoreCheckGroup.Users, "lists", "none, and no session of a user")
                    : StoreCheck.Failed(
                        StoreCheckGroup.Users,
                        "lists",
                        $"none, though {Words.Count(sessions.Count, "session")} of {Words.Number(Sample)} are of users",
                        "a list for each user who is signed in",
                        $"{trouble ?? "They were lost."} No user's sessions can be found or ended. During a move, name the old store with "
                            + $"--move-from, which may have them. Otherwise: {Rebuild}"
                    ),
            ];
        }

        var known = sample.Select(static read => read.List).OfType<UserList>().ToList();
        var unread = new SealedRecords(store.Keys);
        foreach (var (_, sealedWith) in sample.Where(static read => read.List is null))
        {
            unread.Add(sealedWith);
        }

        var found = Found(sample.Count, unread);
        return known.Count == 0
            ? [found]
            :
            [
                found,
                .. await OfListsAsync(known, cancellationToken),
                .. await OfSessionsAsync(lists, known, sessions, cancellationToken),
            ];
    }

    private static StoreCheck Found(int all, SealedRecords unread) =>
        unread.Count == 0
            ? StoreCheck.Passed(StoreCheckGroup.Users, "lists", all < Sample ? Words.Number(all) : $"{Words.Number(all)} or more")
            : StoreCheck.Unknown(
                StoreCheckGroup.Users,
                "lists",
                $"{Words.Number(unread.Count)} of {Words.Number(all)} are encrypted",
                unread.Explanation
            );

    private async Task<List<(SessionEntry Entry, string User)>> SignedInAsync(CancellationToken cancellationToken) =>
        store.Store is IEnumerableSessionStore sessions
            ? await sessions
                .AllAsync(cancellationToken)
                .Take(Sample)
                .Select(entry => (Entry: entry, store.Read(entry).User))
                .Where(static session => session.User is not null)
                .Select(static session => (session.Entry, session.User!))
                .ToListAsync(cancellationToken)
            : [];

    private async Task<IReadOnlyList<StoreCheck>> OfListsAsync(IReadOnlyList<UserList> lists, CancellationToken cancellationToken)
    {
        var (live, over, left, outlived) = (0, 0, 0, 0);
        foreach (var list in lists)
        {
            foreach (var entry in list.Entries)
            {
                var session = await FindAsync(list, entry, cancellationToken);
                _ = session is null ? over++ : live++;
                left += session is not null && entry.Ending && entry.Added < timeProvider.GetUtcNow() - Grace ? 1 : 0;
                outlived += session?.Record.Expires > list.Expires ? 1 : 0;
            }
        }

        return
        [
            StoreCheck.Passed(
                StoreCheckGroup.Users,
                "listed sessions",
                $"{Words.Number(live)} live, {Words.Number(over)} over, which leave at the next look at the list"
            ),
            left == 0
                ? StoreCheck.Passed(StoreCheckGroup.Users, "ended sessions", "none is live")
                : StoreCheck.Failed(
                    StoreCheckGroup.Users,
                    "ended sessions",
                    $"{Words.Number(left)} to be ended are live",
                    "none",
                    "The store or the process failed while they were ended. 'session end --user NAME' ends them, and so does the next look "
                        + "at the list of their user."
                ),
            outlived == 0
                ? StoreCheck.Passed(StoreCheckGroup.Users, "expiry of lists", "after that of their sessions")
                : StoreCheck.Failed(
                    StoreCheckGroup.Users,
                    "expiry of lists",
                    $"before that of {Words.Count(outlived, "session")}",
                    "after that of each session",
                    $"Two applications with different lifetimes use this store. {Rebuild}"
                ),
        ];
    }

    private async Task<SessionEntry?> FindAsync(UserList list, ListedSession entry, CancellationToken cancellationToken)
    {
        foreach (var key in entry.Keys)
        {
            if (await UserSessions.FindAsync(store, list, key, cancellationToken) is { } session)
            {
                return session;
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<StoreCheck>> OfSessionsAsync(
        UserLists lists,
        IReadOnlyList<UserList> known,
        List<(SessionEntry Entry, string User)> sessions,
        CancellationToken cancellationToken
    )
    {
        if (known.Any(static list => list.Key != UserLists.KeyOf(list.Subject)))
        {
            return
            [
                StoreCheck.Unknown(
                    StoreCheckGroup.Users,
                    "unlisted sessions",
                    "lists have other names here",
                    "The application has an IndexKey, or its sessions have a name. Ask it: IUserSessions.RebuildAsync says what was "
                        + "missing."
                ),
            ];
        }

        var unlisted = 0;
        foreach (var (entry, user) in sessions)
        {
            unlisted += await IsUnlistedAsync(lists, entry, user, cancellationToken) ? 1 : 0;
        }

        return
        [
            unlisted == 0
                ? StoreCheck.Passed(StoreCheckGroup.Users, "unlisted sessions", $"none of {Words.Number(sessions.Count)}")
                : StoreCheck.Failed(
                    StoreCheckGroup.Users,
                    "unlisted sessions",
                    $"{Words.Number(unlisted)} of {Words.Number(sessions.Count)}",
                    "none",
                    $"The end of all sessions of a user does not end these. Lists were lost, or restored from an older backup. {Rebuild}"
                ),
        ];
    }

    /// <summary>Whether no list names a session, and it is still there.</summary>
    private async Task<bool> IsUnlistedAsync(UserLists lists, SessionEntry entry, string user, CancellationToken cancellationToken) =>
        (await lists.FindAsync(user, cancellationToken))?.Entries.Any(listed => listed.Keys.Contains(entry.Sid)) != true
        && await store.Store.GetAsync(entry.Sid, cancellationToken) is not null;
}
