using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Sessions;

namespace ServerSessions.Tool.Users;

/// <summary>Who is signed in, and with how many sessions that are in the store.</summary>
internal sealed class SignedInUsers(ProtectionKeys? keys)
{
    // As many as a request of a page with images; the store has other work.
    private const int AtOnce = 8;

    private readonly Dictionary<string, SignedInUser> _users = new(StringComparer.Ordinal);

    /// <summary>Those with most sessions first.</summary>
    public IEnumerable<SignedInUser> All =>
        _users.Values.OrderByDescending(static user => user.Sessions).ThenBy(static user => user.Subject, StringComparer.Ordinal);

    public int Count => _users.Count;

    /// <summary>The number of lists that were read.</summary>
    public int Lists { get; private set; }

    /// <summary>The number of sessions without a user.</summary>
    public int Unknown { get; private set; }

    /// <summary>The sessions, or the lists, that are encrypted and do not open.</summary>
    public SealedRecords Sealed { get; } = new(keys);

    /// <summary>Reads every session.</summary>
    public static async Task<SignedInUsers> ScanAsync(OpenedStore store, CancellationToken token)
    {
        var users = new SignedInUsers(store.Keys);
        await foreach (var entry in store.Enumerable.AllAsync(token))
        {
            var content = store.Read(entry);
            if (content.User is { } user)
            {
                users.Add(user, 1, entry.Record.Expires);
            }
            else if (content.Kind == SessionKind.Sealed)
            {
                users.Sealed.Add(content.Sealing);
            }
            else
            {
                users.Unknown++;
            }
        }

        return users;
    }

    /// <summary>Reads the lists of users, and each session in them: a list may name sessions that are over.</summary>
    public static async Task<SignedInUsers> ListedAsync(UserLists lists, OpenedStore store, CancellationToken token)
    {
        var users = new SignedInUsers(store.Keys);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = token };
        await Parallel.ForEachAsync(
            lists.AllAsync(token),
            options,
            async (read, stop) =>
            {
                var list = read.List;
                var live = list is null ? [] : await LiveAsync(list, store, stop);
                lock (users)
                {
                    users.Lists++;
                    if (list is null)
                    {
                        users.Sealed.Add(read.SealedWith);
                    }
                    else if (live.Count > 0)
                    {
                        users.Add(list.Subject, live.Count, live.Max());
                    }
                }
            }
        );
        return users;
    }

    private static async Task<List<DateTimeOffset?>> LiveAsync(UserList list, OpenedStore store, CancellationToken token)
    {
        var expiries = new List<DateTimeOffset?>();
        foreach (var entry in list.Entries)
        {
            // A session that gets a new id has two keys, and is one session.
            foreach (var key in entry.Keys)
            {
                if (await UserSessions.FindAsync(store, list, key, token) is { } session)
                {
                    expiries.Add(session.Record.Expires);
                    break;
                }
            }
        }

        return expiries;
    }

    private void Add(string user, int sessions, DateTimeOffset? expires)
    {
        var known = _users.GetValueOrDefault(user) ?? new SignedInUser(user, 0, null);
        _users[user] = new SignedInUser(
            user,
            known.Sessions + sessions,
            known.LastExpires is null || expires > known.LastExpires ? expires : known.LastExpires
        );
    }
}

/// <summary>A user who is signed in.</summary>
/// <param name="Subject">The user.</param>
/// <param name="Sessions">The number of sessions.</param>
/// <param name="LastExpires">The expiry of the session that lives longest.</param>
internal sealed record SignedInUser(string Subject, int Sessions, DateTimeOffset? LastExpires);
