using MongoDB.Bson;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>Converts between records and the fields of connect-mongo's documents.</summary>
internal sealed class SessionMapping(MongoSessionStoreOptions options, StoreClock clock)
{
    private readonly TimeSpan _touchAfter = options.TouchAfter;
    private readonly SessionContent _content = new(options.Format);

    public bool MaySkipTouches => _touchAfter > TimeSpan.Zero;

    /// <summary>Returns the fields that a write sets. Other fields of the document (connect-mongo's createdAt) stay.</summary>
    /// <inheritdoc cref="SessionContent.Write" path="/param|/exception"/>
    public BsonDocument ToFields(SessionRecord record, object? token) =>
        AddLastModified(
            new() { { SessionFilters.Session, _content.Write(record.Payload, token) }, { SessionFilters.Expires, Expires(record.Expires) } }
        );

    /// <summary>Returns the fields that a touch sets.</summary>
    public BsonDocument ToFields(BsonDateTime expires) => AddLastModified(new(SessionFilters.Expires, expires));

    /// <inheritdoc cref="SessionContent.EqualTo"/>
    public BsonDocument EqualTo(SessionRecord record) => _content.EqualTo(record);

    /// <exception cref="UnreadableSessionException">The document is not a session.</exception>
    public SessionRecord ToRecord(RawBsonDocument document)
    {
        try
        {
            var session = document.GetValue(SessionFilters.Session, BsonNull.Value);
            var payload = SessionContent.Read(session is RawBsonDocument raw ? raw.Materialize(new()) : session, out var token);
            var expires = document.GetValue(SessionFilters.Expires, BsonNull.Value) is BsonDateTime date
                ? BsonInstant.ToInstant(date)
                : clock.ExpiryOf(null, clock.Now);
            return SessionRecord.TakeOwnership(payload, expires, token);
        }
        catch (Exception error)
            when (error
                    is BsonException
                        or FormatException
                        or ArgumentException
                        or InvalidOperationException
                        or InvalidCastException
                        or IOException
            )
        {
            // The driver's message may quote the content.
            throw new UnreadableSessionException("its BSON cannot be read");
        }
    }

    /// <summary>Returns the current time, for comparing.</summary>
    public BsonDateTime Now() => BsonInstant.Now(clock.Now);

    /// <summary>Returns the expiry to write for that of a record.</summary>
    public BsonDateTime Expires(DateTimeOffset? expires)
    {
        var now = clock.Now;
        return BsonInstant.ForExpiry(clock.ExpiryOf(expires, now), now);
    }

    /// <summary>
    /// Returns false if the touch moves the expiry by less than the interval and by less than half of the lifetime that it gives.
    /// </summary>
    public bool IsTouchDue(BsonDateTime now, BsonDateTime atRest, BsonDateTime expires)
    {
        var moved = Math.Abs(expires.MillisecondsSinceEpoch - atRest.MillisecondsSinceEpoch);
        var life = expires.MillisecondsSinceEpoch - now.MillisecondsSinceEpoch;
        return moved >= _touchAfter.TotalMilliseconds || moved >= life / 2;
    }

    private BsonDocument AddLastModified(BsonDocument fields) =>
        MaySkipTouches ? fields.Add(SessionFilters.LastModified, Now()) : fields;
}
