using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Reads and changes the lists of users' sessions, each by compare-and-set. A list is a session object in a store of its own, because
/// stores refuse anything else: <c>{"cookie":{…},"__user":{…}}</c>, encrypted if payloads are.
/// </summary>
/// <param name="store">The store of the lists.</param>
/// <param name="format">Encrypts and reads them.</param>
/// <param name="keys">Their keys.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class UserIndex(
    StoreClient store,
    StoredFormat format,
    UserIndexKeys keys,
    TimeProvider timeProvider
)
{
    private const string Member = "__user";

    /// <summary>How long an empty list stays, and how long a request may take until it stores a session that is listed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private volatile bool _hasWriteFailed;

    /// <summary>The name of the backend in messages.</summary>
    public string Backend => store.Backend;

    /// <summary>The store of the lists, for a probe of its health.</summary>
    public StoreClient Store => store;

    /// <summary>Whether the last list that was to be stored was not. A probe that has stored a record there resets it.</summary>
    public bool HasWriteFailed
    {
        get => _hasWriteFailed;
        set => _hasWriteFailed = value;
    }

    public UserIndexKeys Keys => keys;

    /// <summary>Returns the list of a user; <see langword="null"/> if there is none.</summary>
    /// <exception cref="SessionStoreException">The list could not be read.</exception>
    public async ValueTask<UserIndexContent?> FindAsync(string subject, CancellationToken cancellationToken)
    {
        var key = keys.Of(subject);
        return ContentOf(key, subject, await store.GetAsync(key, cancellationToken));
    }

    /// <summary>Changes the list of a user, until no other change was in between.</summary>
    /// <param name="subject">The user.</param>
    /// <param name="edit">
    /// Returns the new list for the current one, of which each may be <see langword="null"/> for none. Called again for each attempt. The
    /// same object: nothing is stored.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The list as it is stored now.</returns>
    /// <exception cref="SessionStoreException">The list could not be read or stored.</exception>
    public async ValueTask<UserIndexContent?> EditAsync(
        string subject,
        Func<UserIndexContent?, UserIndexContent?> edit,
        CancellationToken cancellationToken
    )
    {
        var key = keys.Of(subject);
        var turn = await store.Writers.EnterAsync(key, cancellationToken);
        try
        {
            var record = turn.Latest ?? await store.GetAsync(key, cancellationToken);
            for (var attempt = 1; attempt <= BackOff.MaxAttempts; attempt++)
            {
                var content = ContentOf(key, subject, record);
                var next = edit(content);
                if (next is null || ReferenceEquals(next, content))
                {
                    if (turn.Latest is null)
                    {
                        return next;
                    }

                    // That nothing is to be stored must hold of the list as it is now.
                    turn = turn.WithoutLatest();
                    record = await store.GetAsync(key, cancellationToken);
                    continue;
                }

                var changed = ToRecord(key, next);
                if (await TryStoreAsync(key, changed, record, cancellationToken))
                {
                    turn.Leave(changed);
                    return next;
                }

                turn = await store.Writers.AgainAsync(turn, key, attempt, cancellationToken);
                record = turn.Latest ?? await store.GetAsync(key, cancellationToken);
            }
        }
        catch (SessionStoreException)
        {
            turn.Dissolve();
            throw;
        }
        finally
        {
            turn.Leave();
        }

        throw new SessionStoreException(
            $"The list of a user's sessions was not stored: other requests changed it before each of {BackOff.MaxAttempts} attempts. "
                + "Let one account sign in less often at once.",
            SessionStoreOperation.TrySet,
            store.Backend,
            isTransient: true
        );
    }

    /// <summary>Returns the entry of a session that is to be listed under a key.</summary>
    public UserIndexEntry EntryOf(StoredLogin login, string key, DateTimeOffset now) =>
        new(login.Handle, [key], login.SignedInAt, now, keys.OfDevice(login.Label));

    /// <summary>Returns the end of an empty list.</summary>
    public DateTimeOffset EmptyUntil() => timeProvider.GetUtcNow() + Grace;

    private async ValueTask<bool> TryStoreAsync(
        string key,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var isStored = await store.TrySetAsync(key, record, expected, cancellationToken) == ConditionalSetResult.Stored;
            HasWriteFailed = false;
            return isStored;
        }
        catch (SessionStoreException)
        {
            HasWriteFailed = true;
            throw;
        }
    }

    /// <summary>
    /// Returns the list of a record. One that cannot be decrypted or parsed counts as missing, and is replaced by the next change.
    /// </summary>
    private UserIndexContent? ContentOf(string key, string subject, SessionRecord? record) =>
        record is not null
        && format.Open(key, record) is { } document
        && document.TryGetJson(Member, out var json)
        && Parse(json) is { } parsed
        && parsed.Subject == subject
            ? parsed
            : null;

    private static UserIndexContent? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, UsersJson.Default.UserIndexContent) is { Entries: not null } content
                ? content
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private SessionRecord ToRecord(string key, UserIndexContent content)
    {
        var cookie = new SessionCookie(timeProvider) { Expires = content.Until };
        var document = new SessionDocument(cookie.ToJson());
        document.SetJson(Member, JsonSerializer.SerializeToUtf8Bytes(content, UsersJson.Default.UserIndexContent));
        return format.ToRecord(key, document, cookie, content.Until);
    }
}
