namespace ServerSessions.Conformance.Tests.Reference;

// The steps that the operations are made of.
internal partial class ReferenceStore
{
    protected virtual string Key(string sid) => sid;

    protected virtual string SidOf(string key) => key;

    protected virtual bool IsLive(Row row) => Now < row.Expires;

    protected virtual byte[] Encode(ReadOnlyMemory<byte> payload) => payload.ToArray();

    protected virtual ReadOnlyMemory<byte> Decode(byte[] stored) => stored;

    protected virtual DateTimeOffset ExpiryOf(SessionRecord record) => record.Expires ?? Now + Lifetime;

    protected virtual SessionRecord? Absent(string sid) => null;

    protected virtual Row? Find(string sid) => Space.Rows.TryGetValue(Key(sid), out var row) && IsLive(row) ? row : null;

    protected virtual SessionRecord ToRecord(Row row) =>
        row.Damaged
            ? throw new SessionStoreException("What is stored is no session.", SessionStoreOperation.Get, "Reference", isTransient: false)
            : SessionRecord.TakeOwnership(Decode(row.Payload), row.Expires, row.Content);

    protected virtual ValueTask PutAsync(string sid, SessionRecord record)
    {
        lock (Space.Gate)
        {
            Put(sid, record);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Under the gate.</summary>
    protected virtual void Put(string sid, SessionRecord record)
    {
        if (record.Payload.Length > setup.MaxPayload)
        {
            throw new SessionStoreException("The session is too large.", SessionStoreOperation.Set, "Reference", isTransient: false);
        }

        var expires = ExpiryOf(record);
        if (expires <= Now)
        {
            Remove(sid);
        }
        else
        {
            Space.Rows[Key(sid)] = NewRow(record, expires);
        }
    }

    protected Row NewRow(SessionRecord record, DateTimeOffset expires) => new(Encode(record.Payload), expires, new object(), Now);

    /// <summary>Under the gate.</summary>
    protected virtual void Remove(string sid) => Space.Rows.TryRemove(Key(sid), out _);

    /// <summary>Under the gate.</summary>
    protected virtual bool Retouch(string sid, SessionRecord record)
    {
        if (Find(sid) is not { } row)
        {
            return false;
        }

        if (ExpiryOf(record) <= Now)
        {
            Remove(sid);
        }
        else
        {
            Space.Rows[Key(sid)] = row with { Expires = ExpiryOf(record) };
        }

        return true;
    }

    /// <summary>Under the gate.</summary>
    protected virtual GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan)
    {
        if (Find(sid) is not { } row)
        {
            return default;
        }

        var record = ToRecord(row);
        if (!record.Payload.Span.StartsWith(plan.Prefix.Span))
        {
            return new GetAndTouchResult { Record = record };
        }

        Retouch(sid, SessionRecord.TakeOwnership(record.Payload, plan.Expires));
        return Find(sid) is { } touched ? new GetAndTouchResult { Record = ToRecord(touched), IsTouched = true } : default;
    }

    protected virtual ConditionalSetResult Compare(Row? row, SessionRecord? expected) =>
        (row, expected) switch
        {
            (null, null) => ConditionalSetResult.Stored,
            (null, _) => ConditionalSetResult.Missing,
            (_, null) => ConditionalSetResult.Changed,
            _ => Same(row, expected) ? ConditionalSetResult.Stored : ConditionalSetResult.Changed,
        };

    protected virtual bool Same(Row row, SessionRecord expected) =>
        expected.Token is { } token ? token == row.Content : expected.Payload.Span.SequenceEqual(Decode(row.Payload).Span);

    protected virtual IEnumerable<KeyValuePair<string, Row>> Listed() => Space.Rows;

    /// <summary>Under the gate.</summary>
    protected virtual int Prune(int batch)
    {
        var expired = Space.Rows.Where(entry => !IsLive(entry.Value)).Take(batch).ToArray();
        foreach (var (key, _) in expired)
        {
            Space.Rows.TryRemove(key, out _);
        }

        return expired.Length;
    }
}
