using System.Text;
using System.Text.Unicode;
using MongoDB.Bson;
using MongoDB.Driver;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>The operations on an opened collection, each of one statement or few.</summary>
internal sealed class SessionCollection(IMongoCollection<BsonDocument> collection, SessionMapping mapping)
{
    // The ids of this many documents fit into one statement.
    private const int MaxIds = 1000;

    // An upsert fails if another inserts the same id at that moment. The next attempt finds that document, unless it was removed again.
    private const int MaxUpserts = 8;

    private readonly SessionStatements _statements = new(collection);

    /// <exception cref="UnreadableSessionException">The document is not a session.</exception>
    public async Task<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken)
    {
        using var found = await _statements.FindAsync(sid, mapping.Now(), cancellationToken).ConfigureAwait(false);
        return found is null ? null : mapping.ToRecord(found);
    }

    /// <summary>Writes the fields; removes the document if their expiry has passed.</summary>
    /// <returns>False if other calls created and removed the document at each attempt. Nothing was written then.</returns>
    public async Task<bool> SetAsync(string sid, BsonDocument fields, CancellationToken cancellationToken)
    {
        if (IsEnd(fields, mapping.Now()))
        {
            await DestroyAsync(sid, cancellationToken).ConfigureAwait(false);
            return true;
        }

        for (var attempt = 0; attempt < MaxUpserts; attempt++)
        {
            if (await _statements.TryUpsertAsync(SessionFilters.IsSid(sid), fields, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    public Task<bool> DestroyAsync(string sid, CancellationToken cancellationToken) =>
        _statements.TryDeleteAsync(SessionFilters.IsSid(sid), cancellationToken);

    /// <returns>Whether the session was there.</returns>
    public async Task<bool> TouchAsync(string sid, DateTimeOffset? expires, CancellationToken cancellationToken)
    {
        var now = mapping.Now();
        var until = mapping.Expires(expires);
        if (mapping.MaySkipTouches && until > now)
        {
            var atRest = await _statements.FindExpiryAsync(sid, now, cancellationToken).ConfigureAwait(false);
            if (atRest is null)
            {
                return false;
            }

            if (atRest is BsonDateTime date && !mapping.IsTouchDue(now, date, until))
            {
                return true;
            }
        }

        return await _statements
            .TryUpdateAsync(SessionFilters.Alive(sid, now), mapping.ToFields(until), cancellationToken)
            .ConfigureAwait(false);
    }

    public async Task<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken)
    {
        var now = mapping.Now();
        var until = mapping.Expires(plan.Expires);

        // A prefix that is not UTF-8 cannot match, except if it ends within a character: that session is only read.
        var beginning = Utf8.IsValid(plan.Prefix.Span) ? Encoding.UTF8.GetString(plan.Prefix.Span) : null;
        var touches = beginning is not null && await IsTouchDueAsync(sid, now, until, cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            if (touches)
            {
                using var touched = await _statements
                    .FindAndUpdateAsync(SessionFilters.AliveAndBeginning(sid, now, beginning!), mapping.ToFields(until), cancellationToken)
                    .ConfigureAwait(false);
                if (touched is not null)
                {
                    return until > now ? new GetAndTouchResult { Record = mapping.ToRecord(touched), IsTouched = true } : default;
                }
            }

            using var found = await _statements.FindAsync(sid, now, cancellationToken).ConfigureAwait(false);
            if (found is null)
            {
                return default;
            }

            // What was stored between the two statements is to be touched as well.
            var record = mapping.ToRecord(found);
            if (!touches || attempt == MaxUpserts || !SessionFilters.Begins(found, record, plan.Prefix.Span))
            {
                return new GetAndTouchResult { Record = record };
            }
        }
    }

    /// <param name="sid">The session id.</param>
    /// <param name="fields">The fields to write.</param>
    /// <param name="expected">The record to replace; <see langword="null"/>: the session must be absent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ConditionalSetResult> TrySetAsync(
        string sid,
        BsonDocument fields,
        SessionRecord? expected,
        CancellationToken cancellationToken
    )
    {
        var now = mapping.Now();
        var isEnd = IsEnd(fields, now);
        if (expected is null)
        {
            var isStored = isEnd
                ? await TryEndAbsentAsync(sid, now, cancellationToken).ConfigureAwait(false)
                : await _statements.TryUpsertAsync(SessionFilters.Dead(sid, now), fields, cancellationToken).ConfigureAwait(false);
            return isStored ? ConditionalSetResult.Stored : ConditionalSetResult.Changed;
        }

        var same = SessionFilters.AliveAndEqual(sid, now, mapping.EqualTo(expected));
        if (
            isEnd
                ? await _statements.TryDeleteAsync(same, cancellationToken).ConfigureAwait(false)
                : await _statements.TryUpdateAsync(same, fields, cancellationToken).ConfigureAwait(false)
        )
        {
            return ConditionalSetResult.Stored;
        }

        return await ExistsAsync(sid, now, cancellationToken).ConfigureAwait(false)
            ? ConditionalSetResult.Changed
            : ConditionalSetResult.Missing;
    }

    /// <summary>Returns the page after an id. The last page is empty, because the server may cut a page at 16 MB.</summary>
    public async Task<SessionPage<string>> PageAsync(string after, CancellationToken cancellationToken)
    {
        var page = new SessionPage<string>();
        foreach (var document in await _statements.PageAsync(after, mapping.Now(), cancellationToken).ConfigureAwait(false))
        {
            using (document)
            {
                var sid = document.GetValue(SessionFilters.Id, BsonNull.Value) is BsonString id
                    ? id.Value
                    : throw new UnreadableSessionException("the server returned a document whose id is not a string");
                (page.Next, page.HasMore) = (sid, true);
                try
                {
                    page.Sessions.Add(new SessionEntry(sid, mapping.ToRecord(document)));
                }
                catch (UnreadableSessionException)
                {
                    page.Unreadable++;
                }
            }
        }

        return page;
    }

    public Task<long> CountAsync(CancellationToken cancellationToken) => _statements.CountAsync(mapping.Now(), cancellationToken);

    public Task<IReadOnlyList<StoreCheck>> DiagnoseAsync(TimeProvider timeProvider, CancellationToken cancellationToken) =>
        new CollectionDiagnosis(collection, mapping, timeProvider).RunAsync(cancellationToken);

    /// <summary>Removes some documents, also those that are not sessions.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> ClearAsync(CancellationToken cancellationToken)
    {
        var ids = await _statements.FindIdsAsync([], MaxIds, cancellationToken).ConfigureAwait(false);
        if (ids.Count > 0)
        {
            await _statements.DeleteAsync(SessionFilters.Among(ids), cancellationToken).ConfigureAwait(false);
        }

        return ids.Count > 0;
    }

    /// <summary>Removes expired documents, as many as one statement can name.</summary>
    /// <returns>The number removed, and whether there may be more.</returns>
    public async Task<(int Removed, bool HasMore)> PruneAsync(int most, CancellationToken cancellationToken)
    {
        var limit = Math.Min(most, MaxIds);
        var dead = SessionFilters.Dead(mapping.Now());
        var ids = await _statements.FindIdsAsync(dead, limit, cancellationToken).ConfigureAwait(false);
        if (ids.Count == 0)
        {
            return (0, false);
        }

        // The filter applies again: one of them may have been written meanwhile.
        var removed = await _statements.DeleteAsync(SessionFilters.Among(ids).AddRange(dead), cancellationToken).ConfigureAwait(false);
        return (removed, ids.Count == limit && removed > 0);
    }

    /// <summary>Returns whether the written expiry is not in the future.</summary>
    private static bool IsEnd(BsonDocument fields, BsonDateTime now) => fields[SessionFilters.Expires].AsBsonDateTime <= now;

    private async Task<bool> ExistsAsync(string sid, BsonDateTime now, CancellationToken cancellationToken) =>
        await _statements.FindExpiryAsync(sid, now, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Leaves an absent session absent and removes an expired document.</summary>
    private async Task<bool> TryEndAbsentAsync(string sid, BsonDateTime now, CancellationToken cancellationToken)
    {
        await _statements.TryDeleteAsync(SessionFilters.Dead(sid, now), cancellationToken).ConfigureAwait(false);
        return !await ExistsAsync(sid, now, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns whether to write the touch; also true if the session is absent or has no expiry.</summary>
    private async Task<bool> IsTouchDueAsync(string sid, BsonDateTime now, BsonDateTime expires, CancellationToken cancellationToken) =>
        !mapping.MaySkipTouches
        || expires <= now
        || await _statements.FindExpiryAsync(sid, now, cancellationToken).ConfigureAwait(false) is not BsonDateTime atRest
        || mapping.IsTouchDue(now, atRest, expires);
}
