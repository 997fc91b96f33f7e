using System.Text;
using System.Text.Unicode;
using MongoDB.Bson;
using ServerSessions.Stores.Mongo.Engine;

namespace ServerSessions.Stores.Mongo;

public sealed partial class MongoSessionStore
{
    /// <inheritdoc/>
    /// <value>Always <see langword="false"/>: a touch writes the document and waits for the write concern.</value>
    public bool IsTouchCheap => false;

    /// <inheritdoc/>
    /// <remarks>
    /// One statement if the session is touched; otherwise a second one reads it. A session stored as a sub-document or binary is touched
    /// only if the prefix is empty, because its beginning cannot be compared. A touch that <see
    /// cref="MongoSessionStoreOptions.TouchAfter"/> skips does not move the expiry, and the result says so.
    /// </remarks>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();

        // A prefix that is not UTF-8 cannot match, except if it ends within a character: that session is only read.
        var beginning = Utf8.IsValid(plan.Prefix.Span) ? Encoding.UTF8.GetString(plan.Prefix.Span) : null;
        return _connection.RunAsync(
            SessionStoreOperation.Get,
            (Store: this, Sid: sid, Beginning: beginning, plan.Expires),
            static (collection, call, token) => call.Store.GetAndTouchAsync(collection, call.Sid, call.Beginning, call.Expires, token),
            cancellationToken
        );
    }

    private async Task<GetAndTouchResult> GetAndTouchAsync(
        SessionCollection collection,
        string sid,
        string? beginning,
        DateTimeOffset? expires,
        CancellationToken cancellationToken
    )
    {
        var now = Now();
        var until = _mapping.Expires(expires);
        if (beginning is not null && await IsTouchDueAsync(collection, sid, now, until, cancellationToken).ConfigureAwait(false))
        {
            using var touched = await collection
                .FindAndUpdateAsync(SessionFilters.AliveAndBeginning(sid, now, beginning), _mapping.ToFields(until), cancellationToken)
                .ConfigureAwait(false);
            if (touched is not null)
            {
                return until > now ? new GetAndTouchResult { Record = _mapping.ToRecord(touched), IsTouched = true } : default;
            }
        }

        using var found = await collection.FindAsync(sid, now, cancellationToken).ConfigureAwait(false);
        return new GetAndTouchResult { Record = found is null ? null : _mapping.ToRecord(found) };
    }

    /// <summary>Returns whether to write the touch; also true if the session is absent or has no expiry.</summary>
    private async Task<bool> IsTouchDueAsync(
        SessionCollection collection,
        string sid,
        BsonDateTime now,
        BsonDateTime expires,
        CancellationToken cancellationToken
    ) =>
        !_mapping.MaySkipTouches
        || expires <= now
        || await collection.FindExpiryAsync(sid, now, cancellationToken).ConfigureAwait(false) is not BsonDateTime atRest
        || _mapping.IsTouchDue(now, atRest, expires);
}
