using System.Runtime.CompilerServices;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;
using ServerSessions.Tool.Sessions;

namespace ServerSessions.Tool.Users;

/// <summary>Finds the sessions of a user: by the user's list if there is one, otherwise by reading every session.</summary>
internal sealed class UserSessions(OpenedStore store, Report report)
{
    private readonly SealedRecords _sealed = new(store.Keys);

    /// <summary>Returns a session that a list names; <see langword="null"/> if it is over.</summary>
    public static async Task<SessionEntry?> FindAsync(OpenedStore store, UserList list, string key, CancellationToken token) =>
        await store.Store.GetAsync(key, token) is { } record
        && new SessionEntry(key, record) is var entry
        && store.Read(entry).User == list.Subject
            ? entry
            : null;

    /// <summary>Returns the list of a user. If there is none, says why every session is read.</summary>
    public async Task<UserList?> ListOfAsync(string user, CancellationToken token)
    {
        var (lists, trouble) = await UserLists.OpenAsync(store, token);
        if (lists is not null && await lists.FindAsync(user, token) is { } list)
        {
            return list;
        }

        report.Remark($"There is no list of this user, so every session is read. {trouble}".TrimEnd());
        return null;
    }

    /// <summary>Returns the sessions of a user that are in the store.</summary>
    /// <param name="user">The user.</param>
    /// <param name="list">The user's list; <see langword="null"/>: every session is read.</param>
    /// <param name="token">Ends the wait.</param>
    public IAsyncEnumerable<SessionEntry> AllAsync(string user, UserList? list, CancellationToken token) =>
        list is null ? ScanAsync(user, token) : OfListAsync(list, token);

    /// <summary>Says how many sessions were not looked into.</summary>
    public void TellSealed()
    {
        if (_sealed.Count > 0)
        {
            report.Warning($"{Words.Count(_sealed.Count, "encrypted session")} could not be looked into. {_sealed.Explanation}");
        }
    }

    private async IAsyncEnumerable<SessionEntry> OfListAsync(UserList list, [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var key in list.Entries.SelectMany(static entry => entry.Keys).Distinct())
        {
            if (await FindAsync(store, list, key, token) is { } session)
            {
                yield return session;
            }
        }
    }

    private async IAsyncEnumerable<SessionEntry> ScanAsync(string user, [EnumeratorCancellation] CancellationToken token)
    {
        await foreach (var entry in store.Enumerable.AllAsync(token))
        {
            var content = store.Read(entry);
            if (content.Kind == SessionKind.Sealed)
            {
                _sealed.Add(content.Sealing);
            }
            else if (content.User == user)
            {
                yield return entry;
            }
        }
    }
}
