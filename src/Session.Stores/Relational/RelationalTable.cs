using System.Data;
using System.Data.Common;
using System.Globalization;

namespace ServerSessions.Stores.Relational;

/// <summary>
/// The operations on a table of sessions. Each uses a connection that its caller owns, outside of a transaction. A dialect gives the
/// statements and binds parameters; it overrides an operation for which its database has one statement. Thread safe.
/// </summary>
/// <param name="statements">The statements.</param>
/// <param name="errors">Makes exceptions.</param>
public abstract partial class RelationalTable(RelationalStatements statements, RelationalErrors errors)
{
    // Another call writes between two statements of one operation. After this many times the session is contended.
    private const int MaxAttempts = 8;

    /// <summary>Gets what a listing calls rows that are not sessions: <c>rows of table 'session'</c>.</summary>
    public abstract string Rows { get; }

    /// <summary>Returns the current time in the unit of the column.</summary>
    /// <param name="now">The current time.</param>
    /// <returns>The greatest number of the column that has passed.</returns>
    public abstract long NowAtRest(DateTimeOffset now);

    /// <summary>Returns an expiry in the unit of the column, rounded up, so that no session ends early.</summary>
    /// <param name="expires">The expiry.</param>
    /// <param name="now">The current time. An expiry that is not later becomes one that has passed on every clock.</param>
    /// <returns>The number to store.</returns>
    public abstract long ExpiryAtRest(DateTimeOffset expires, DateTimeOffset now);

    /// <summary>Reads a live session.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sid">The session id.</param>
    /// <param name="now">The current time at rest.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns>The record; <see langword="null"/> if the session is absent.</returns>
    public virtual async ValueTask<SessionRecord?> GetAsync(DbConnection connection, string sid, long now, CancellationToken stopping)
    {
        using var command = RelationalCommand.Create(connection, statements.Get);
        AddSid(command, "sid", sid);
        AddInstant(command, "now", now);
        await PrepareAsync(command, stopping).ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, stopping).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        return await reader.ReadAsync(stopping).ConfigureAwait(false) ? ReadPresent(reader) : null;
    }

    /// <summary>Writes a session, whether or not it exists.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="write">The write.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns>The number of rows that the database reports, once it has acknowledged the write.</returns>
    public virtual async ValueTask<int> SetAsync(DbConnection connection, RelationalWrite write, CancellationToken stopping)
    {
        using var command = RelationalCommand.Create(connection, statements.Set);
        AddSid(command, "sid", write.Sid);
        AddInstant(command, "expires", write.Expires);
        AddPayload(command, "payload", write.Payload);
        return await ExecuteAsync(command, stopping).ConfigureAwait(false);
    }

    /// <summary>Moves the expiry of a live session.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sid">The session id.</param>
    /// <param name="expires">The new expiry at rest. One that has passed ends the session.</param>
    /// <param name="now">The current time at rest.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns>Whether there was one.</returns>
    public virtual async ValueTask<bool> TouchAsync(
        DbConnection connection,
        string sid,
        long expires,
        long now,
        CancellationToken stopping
    )
    {
        using var command = RelationalCommand.Create(connection, statements.Touch);
        AddSid(command, "sid", sid);
        AddInstant(command, "expires", expires);
        AddInstant(command, "now", now);
        return await ExecuteAsync(command, stopping).ConfigureAwait(false) > 0;
    }

    /// <summary>Removes a session.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sid">The session id.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns>The number of rows that the database reports, once it has acknowledged the removal.</returns>
    public virtual async ValueTask<int> DestroyAsync(DbConnection connection, string sid, CancellationToken stopping)
    {
        using var command = RelationalCommand.Create(connection, statements.Destroy);
        AddSid(command, "sid", sid);
        return await ExecuteAsync(command, stopping).ConfigureAwait(false);
    }

    /// <summary>Stores a session if it is absent.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="write">The write.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns><see cref="ConditionalSetResult.Stored"/>, or <see cref="ConditionalSetResult.Changed"/> if it exists.</returns>
    public virtual async ValueTask<ConditionalSetResult> TrySetAbsentAsync(
        DbConnection connection,
        RelationalWrite write,
        CancellationToken stopping
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (
                await WriteAsync(connection, statements.InsertIfAbsent, write, bind: null, stopping).ConfigureAwait(false)
                || await WriteAsync(connection, statements.ReplaceIfExpired, write, bind: null, stopping).ConfigureAwait(false)
            )
            {
                return ConditionalSetResult.Stored;
            }

            if (await CompareAsync(connection, write.Sid, write.Now, default, stopping).ConfigureAwait(false) is not null)
            {
                return ConditionalSetResult.Changed;
            }
        }

        throw errors.Contended(SessionStoreOperation.TrySet);
    }

    /// <summary>Stores a session if its payload is the expected one.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="write">The write.</param>
    /// <param name="expected">The expected record.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns>The result.</returns>
    public virtual async ValueTask<ConditionalSetResult> TrySetSameAsync(
        DbConnection connection,
        RelationalWrite write,
        SessionRecord expected,
        CancellationToken stopping
    )
    {
        var atRest = PayloadAtRest(expected);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await WriteAsync(connection, statements.SetIfSame, write, Expect, stopping).ConfigureAwait(false))
            {
                return ConditionalSetResult.Stored;
            }

            switch (await CompareAsync(connection, write.Sid, write.Now, atRest, stopping).ConfigureAwait(false))
            {
                case null:
                    return ConditionalSetResult.Missing;
                case false:
                    return ConditionalSetResult.Changed;
            }
        }

        throw errors.Contended(SessionStoreOperation.TrySet);

        void Expect(DbCommand command) => AddPayload(command, "expected", atRest);
    }

    /// <summary>Deletes a row if it has the expected payload: a compare-and-set with an expiry that has passed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="write">The write, of which payload and expiry are not used.</param>
    /// <param name="expected">The expected record; <see langword="null"/> if the session must be absent.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns>The result.</returns>
    public virtual async ValueTask<ConditionalSetResult> TryEndAsync(
        DbConnection connection,
        RelationalWrite write,
        SessionRecord? expected,
        CancellationToken stopping
    )
    {
        var atRest = expected is null ? null : PayloadAtRest(expected);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            using (var command = RelationalCommand.Create(connection, expected is null ? statements.EndIfExpired : statements.EndIfSame))
            {
                AddSid(command, "sid", write.Sid);
                AddInstant(command, "now", write.Now);
                if (expected is not null)
                {
                    AddPayload(command, "expected", atRest);
                }

                if (await ExecuteAsync(command, stopping).ConfigureAwait(false) > 0)
                {
                    return ConditionalSetResult.Stored;
                }
            }

            switch (await CompareAsync(connection, write.Sid, write.Now, atRest, stopping).ConfigureAwait(false))
            {
                case null:
                    return expected is null ? ConditionalSetResult.Stored : ConditionalSetResult.Missing;
                case false:
                    return ConditionalSetResult.Changed;
                case true when expected is null:
                    return ConditionalSetResult.Changed;
            }
        }

        throw errors.Contended(SessionStoreOperation.TrySet);
    }

    /// <summary>Adds a session id. The value may be longer than the column, and then equals no row.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">The name of the parameter. A dialect with parameters by position ignores it.</param>
    /// <param name="sid">The session id.</param>
    protected abstract void AddSid(DbCommand command, string name, string? sid);

    /// <summary>Adds an instant in the unit of the column.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="instant">The instant.</param>
    protected abstract void AddInstant(DbCommand command, string name, long instant);

    /// <summary>Adds a payload.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="payload">The payload; <see langword="null"/> for NULL, which equals no payload.</param>
    protected abstract void AddPayload(DbCommand command, string name, ReadOnlyMemory<byte>? payload);

    /// <summary>Adds a number of rows.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="count">The number.</param>
    protected abstract void AddCount(DbCommand command, string name, int count);

    /// <summary>Reads the record of a row.</summary>
    /// <param name="reader">The reader, on the row.</param>
    /// <param name="payload">The ordinal of the payload, which is not NULL.</param>
    /// <param name="expires">The ordinal of the expiry.</param>
    /// <returns>The record.</returns>
    protected abstract SessionRecord ReadRecord(DbDataReader reader, int payload, int expires);

    /// <summary>Reads the record of a row of <see cref="RelationalStatements.Get"/>.</summary>
    /// <param name="reader">The reader, on the row. Its first two columns are the payload and the expiry.</param>
    /// <returns>The record.</returns>
    /// <exception cref="SessionStoreException">The payload is NULL.</exception>
    protected SessionRecord ReadPresent(DbDataReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.IsDBNull(0)
            ? throw errors.Failed(SessionStoreOperation.Get, "its row holds NULL in place of the session. Remove or repair the row.")
            : ReadRecord(reader, payload: 0, expires: 1);
    }

    /// <summary>Returns the bytes with which a record is compared.</summary>
    /// <param name="expected">The record.</param>
    /// <returns>The bytes; <see langword="null"/> if the column cannot hold them, so that they equal no row.</returns>
    protected virtual ReadOnlyMemory<byte>? PayloadAtRest(SessionRecord expected) => expected.Payload;

    /// <summary>Prepares a statement on the server. Does nothing by default.</summary>
    /// <param name="command">The command.</param>
    /// <param name="stopping">Cancels it.</param>
    /// <returns>A task that completes once the statement is prepared.</returns>
    protected virtual ValueTask PrepareAsync(DbCommand command, CancellationToken stopping) => ValueTask.CompletedTask;

    /// <summary>Prepares and executes a statement. A dialect may try it again, if the database has undone it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="stopping">Cancels it.</param>
    /// <returns>The number of rows that it found.</returns>
    protected virtual async ValueTask<int> ExecuteAsync(DbCommand command, CancellationToken stopping)
    {
        await PrepareAsync(command, stopping).ConfigureAwait(false);
        return await command.ExecuteNonQueryAsync(stopping).ConfigureAwait(false);
    }

    private async ValueTask<bool> WriteAsync(
        DbConnection connection,
        string sql,
        RelationalWrite write,
        Action<DbCommand>? bind,
        CancellationToken stopping
    )
    {
        using var command = RelationalCommand.Create(connection, sql);
        AddSid(command, "sid", write.Sid);
        AddInstant(command, "expires", write.Expires);
        AddPayload(command, "payload", write.Payload);
        AddInstant(command, "now", write.Now);
        bind?.Invoke(command);
        return await ExecuteAsync(command, stopping).ConfigureAwait(false) > 0;
    }

    /// <summary>Returns whether a live row has a payload; <see langword="null"/> if there is no live row.</summary>
    private async ValueTask<bool?> CompareAsync(
        DbConnection connection,
        string sid,
        long now,
        ReadOnlyMemory<byte>? expected,
        CancellationToken stopping
    )
    {
        using var command = RelationalCommand.Create(connection, statements.Compare);
        AddSid(command, "sid", sid);
        AddInstant(command, "now", now);
        AddPayload(command, "expected", expected);
        await PrepareAsync(command, stopping).ConfigureAwait(false);
        var same = await command.ExecuteScalarAsync(stopping).ConfigureAwait(false);
        return same is null ? null : Convert.ToInt64(same, CultureInfo.InvariantCulture) != 0;
    }
}
