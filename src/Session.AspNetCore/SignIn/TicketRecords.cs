using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Tickets that are kept apart from sessions: each is a record of its own in the session store, with the expiry of the ticket. Hashed ids
/// and encrypted payloads apply to them as to sessions.
/// </summary>
internal sealed class TicketRecords(StoreClient store, StoredFormat format, TimeProvider timeProvider)
{
    // No session has such an id: the application's ids come in signed cookies only.
    private const string Prefix = "ticket:";

    public ValueTask<SessionRecord?> ReadAsync(string key, CancellationToken cancellationToken) =>
        store.GetAsync(StoreKeyOf(key), cancellationToken);

    /// <summary>Returns the text of the ticket in a record; <see langword="null"/> if it has none of the scheme.</summary>
    public string? Find(string key, string scheme, SessionRecord record) =>
        format.Open(StoreKeyOf(key), record) is { } document ? SessionTickets.Find(document, scheme) : null;

    /// <summary>Stores a ticket under a new key.</summary>
    public async ValueTask CreateAsync(
        string key,
        string scheme,
        string text,
        DateTimeOffset expires,
        CancellationToken cancellationToken
    ) => await store.SetAsync(StoreKeyOf(key), ToRecord(key, scheme, text, expires), cancellationToken);

    /// <summary>Replaces a ticket.</summary>
    /// <returns>
    /// <see cref="ConditionalSetResult.Stored"/>; or what prevented it: the ticket is gone, or another request has replaced it.
    /// </returns>
    public async ValueTask<ConditionalSetResult> ReplaceAsync(
        string key,
        string scheme,
        string text,
        DateTimeOffset expires,
        SessionRecord expected,
        CancellationToken cancellationToken
    )
    {
        var record = ToRecord(key, scheme, text, expires);
        if (store.IsConditional)
        {
            return await store.TrySetAsync(StoreKeyOf(key), record, expected, cancellationToken);
        }

        // Without compare-and-set a sign-out between these two calls is undone.
        if (await ReadAsync(key, cancellationToken) is not { } there)
        {
            return ConditionalSetResult.Missing;
        }

        if (Find(key, scheme, there) != Find(key, scheme, expected))
        {
            return ConditionalSetResult.Changed;
        }

        await store.SetAsync(StoreKeyOf(key), record, cancellationToken);
        return ConditionalSetResult.Stored;
    }

    /// <summary>Removes a ticket that was read.</summary>
    /// <returns>
    /// <see langword="true"/>; <see langword="false"/> if another request has removed it. A store without compare-and-set cannot tell.
    /// </returns>
    public async ValueTask<bool> TakeAsync(string key, SessionRecord known, CancellationToken cancellationToken)
    {
        if (!store.IsConditional)
        {
            await RemoveAsync(key, cancellationToken);
            return true;
        }

        return await store.TryRemoveAsync(StoreKeyOf(key), known, cancellationToken) == ConditionalSetResult.Stored;
    }

    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken) =>
        store.DestroyAsync(StoreKeyOf(key), cancellationToken);

    private string StoreKeyOf(string key) => format.StoreKeyOf(Prefix + key);

    private SessionRecord ToRecord(string key, string scheme, string text, DateTimeOffset expires)
    {
        var cookie = new SessionCookie(timeProvider) { Expires = expires };
        var document = new SessionDocument(cookie.ToJson());
        SessionTickets.Set(document, scheme, text);
        return format.ToRecord(StoreKeyOf(key), document, cookie, expires);
    }
}
