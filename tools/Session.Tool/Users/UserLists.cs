using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ServerSessions.Stores;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Sessions;

namespace ServerSessions.Tool.Users;

/// <summary>
/// Reads the lists of users' sessions, which applications with <c>AddUserSessions</c> keep in a store beside the sessions. A list is found
/// by its user with one read.
/// </summary>
internal sealed class UserLists(ISessionStore store, ProtectionKeys? keys)
{
    /// <summary>The name of the store beside the sessions.</summary>
    public const string SiblingName = "users";

    private static ReadOnlySpan<byte> KeyTag => "session-user-v1\0\0"u8;

    /// <summary>Opens the lists of a store.</summary>
    /// <returns>The lists, or why they cannot be read: the message of the store.</returns>
    public static async Task<(UserLists? Lists, string? Trouble)> OpenAsync(OpenedStore sessions, CancellationToken token)
    {
        if (sessions.Store is not ISiblingSessionStore beside)
        {
            return (null, $"The {sessions.Store.Backend} store has no place for them.");
        }

        try
        {
            var store = beside.GetSibling(SiblingName);
            await (store is IOpenableSessionStore openable ? openable.OpenAsync(token) : ValueTask.CompletedTask);
            return (new UserLists(store, sessions.Keys), null);
        }
        catch (Exception missing) when (missing is SessionStoreException or NotSupportedException)
        {
            // What went wrong. What to do is for a store that is needed.
            var end = missing.Message.IndexOf(". ", StringComparison.Ordinal);
            return (null, end < 0 ? missing.Message : missing.Message[..(end + 1)]);
        }
    }

    /// <summary>Returns the key of a user's list in an application without <c>IndexKey</c>, of the sessions without a name.</summary>
    public static string KeyOf(string subject) =>
        Convert.ToHexStringLower(SHA256.HashData([.. KeyTag, .. Encoding.UTF8.GetBytes(subject)]));

    /// <summary>Returns the list of a user; <see langword="null"/> if there is none under the usual key.</summary>
    public async Task<UserList?> FindAsync(string subject, CancellationToken token)
    {
        var key = KeyOf(subject);
        return
            await store.GetAsync(key, token) is { } record
            && UserList.Of(new SessionEntry(key, record), keys?.Protector) is { } list
            && list.Subject == subject
            ? list
            : null;
    }

    /// <summary>
    /// Returns all records of lists. The list is <see langword="null"/> if it is encrypted and does not open, and what it is encrypted
    /// with is then known.
    /// </summary>
    public async IAsyncEnumerable<(UserList? List, Sealing? SealedWith)> AllAsync([EnumeratorCancellation] CancellationToken token)
    {
        if (store is not IEnumerableSessionStore lists)
        {
            yield break;
        }

        await foreach (var entry in lists.AllAsync(token))
        {
            var list = UserList.Of(entry, keys?.Protector);
            yield return (list, list is null ? SessionContent.Of(entry, keys?.Protector).Sealing : null);
        }
    }
}
