using System.Data;
using System.Text.Json;
using System.Text.Unicode;
using Npgsql;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// The operations on the table. Each is one statement on a connection that the caller owns, outside of a transaction.
/// </summary>
internal sealed class SessionTable(TableLayout layout)
{
    private readonly SessionSql _sql = new(layout);

    public TableLayout Layout => layout;

    public async ValueTask<SessionRecord?> GetAsync(NpgsqlConnection connection, string sid, long now, CancellationToken cancel)
    {
        using var command = SessionCommand.Create(connection, _sql.Get).Text(sid).Instant(now);
        await PrepareAsync(command, cancel).ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancel).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        if (!await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            return null;
        }

        if (reader.IsDBNull(0))
        {
            throw PostgresFailures.NoPayload(layout);
        }

        return Record(reader, payload: 0, expires: 1);
    }

    public async ValueTask<bool> SetAsync(
        NpgsqlConnection connection,
        string sid,
        long expires,
        ReadOnlyMemory<byte> payload,
        CancellationToken cancel
    )
    {
        using var command = SessionCommand
            .Create(connection, _sql.Set)
            .Text(Stored(sid, SessionStoreOperation.Set))
            .Instant(expires)
            .Utf8(payload);
        return await ExecuteAsync(command, cancel).ConfigureAwait(false) > 0;
    }

    public async ValueTask<ConditionalSetResult> TrySetAbsentAsync(
        NpgsqlConnection connection,
        SessionWrite write,
        CancellationToken cancel
    )
    {
        using var command = SessionCommand
            .Create(connection, _sql.SetIfAbsent)
            .Text(Stored(write.Sid, SessionStoreOperation.TrySet))
            .Instant(write.Expires)
            .Utf8(write.Payload)
            .Instant(write.Now);
        return await ExecuteAsync(command, cancel).ConfigureAwait(false) > 0 ? ConditionalSetResult.Stored : ConditionalSetResult.Changed;
    }

    public async ValueTask<ConditionalSetResult> TrySetSameAsync(
        NpgsqlConnection connection,
        SessionWrite write,
        ReadOnlyMemory<byte> expected,
        CancellationToken cancel
    )
    {
        using var command = SessionCommand
            .Create(connection, _sql.SetIfSame)
            .Text(Stored(write.Sid, SessionStoreOperation.TrySet))
            .Instant(write.Expires)
            .Utf8(write.Payload)
            .Instant(write.Now);
        _ = CanBeAtRest(expected.Span) ? command.Utf8(expected) : command.NullText();
        await PrepareAsync(command, cancel).ConfigureAwait(false);
        return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) switch
        {
            true => ConditionalSetResult.Stored,
            false => ConditionalSetResult.Changed,
            _ => ConditionalSetResult.Missing,
        };
    }

    /// <summary>Deletes a row if it has the expected content: a compare-and-set with an expiry in the past.</summary>
    public async ValueTask<ConditionalSetResult> TryEndAsync(
        NpgsqlConnection connection,
        string sid,
        SessionRecord? expected,
        long now,
        CancellationToken cancel
    )
    {
        using var command = SessionCommand.Create(connection, _sql.EndIfSame).Text(sid).Instant(now);
        _ =
            expected is not null && PayloadAtRest.Of(expected) is var atRest && CanBeAtRest(atRest.Span)
                ? command.Utf8(atRest)
                : command.NullText();
        await PrepareAsync(command, cancel).ConfigureAwait(false);
        return (await command.ExecuteScalarAsync(cancel).ConfigureAwait(false), expected) switch
        {
            (null, null) or (true, _) => ConditionalSetResult.Stored,
            (null, _) => ConditionalSetResult.Missing,
            _ => ConditionalSetResult.Changed,
        };
    }

    public async ValueTask<bool> TouchAsync(NpgsqlConnection connection, string sid, long expires, long now, CancellationToken cancel)
    {
        using var command = SessionCommand.Create(connection, _sql.Touch).Text(sid).Instant(expires).Instant(now);
        return await ExecuteAsync(command, cancel).ConfigureAwait(false) > 0;
    }

    public async ValueTask<GetAndTouchResult> GetAndTouchAsync(
        NpgsqlConnection connection,
        string sid,
        byte[] prefix,
        long expires,
        long now,
        CancellationToken cancel
    )
    {
        using var command = SessionCommand.Create(connection, _sql.GetAndTouch).Text(sid).Instant(expires).Instant(now).Bytes(prefix);
        await PrepareAsync(command, cancel).ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancel).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        if (!await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            return default;
        }

        if (reader.IsDBNull(0))
        {
            throw PostgresFailures.NoPayload(layout);
        }

        var isTouched = reader.GetBoolean(2);
        return isTouched && expires <= now
            ? default
            : new GetAndTouchResult { Record = Record(reader, payload: 0, expires: 1), IsTouched = isTouched };
    }

    public async ValueTask<bool> DestroyAsync(NpgsqlConnection connection, string sid, CancellationToken cancel)
    {
        using var command = SessionCommand.Create(connection, _sql.Destroy).Text(sid);
        return await ExecuteAsync(command, cancel).ConfigureAwait(false) > 0;
    }

    public async ValueTask<long> CountAsync(NpgsqlConnection connection, long now, CancellationToken cancel)
    {
        using var command = SessionCommand.Create(connection, _sql.Count).Instant(now);
        return (long)(await command.ExecuteScalarAsync(cancel).ConfigureAwait(false))!;
    }

    public async ValueTask<int> PruneAsync(NpgsqlConnection connection, long now, int batch, CancellationToken cancel)
    {
        using var command = SessionCommand.Create(connection, _sql.Prune).Instant(now).Integer(batch);
        return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Removes the next sessions from a sid on, with any expiry.</summary>
    /// <returns>The sid to continue from; <see langword="null"/> after the last.</returns>
    public async ValueTask<string?> ClearAsync(NpgsqlConnection connection, string from, int batch, CancellationToken cancel)
    {
        using var command = SessionCommand.Create(connection, _sql.Clear).Text(from).Integer(batch);
        var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancel).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        await reader.ReadAsync(cancel).ConfigureAwait(false);
        return reader.GetInt64(1) < batch ? null : reader.GetString(0);
    }

    /// <summary>Returns the page of sessions after a sid, which is empty for the first page.</summary>
    public async ValueTask<SessionPage> PageAsync(NpgsqlConnection connection, string after, long now, int rows, CancellationToken cancel)
    {
        using var command = SessionCommand.Create(connection, _sql.Page).Text(after).Instant(now).Integer(rows);
        var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        var page = new SessionPage();
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            page.Rows++;
            page.Next = reader.GetString(0);
            if (!Sid.IsValid(page.Next) || reader.IsDBNull(1))
            {
                page.Unreadable++;
                continue;
            }

            var record = Record(reader, payload: 1, expires: 2);
            page.Sessions.Add(new SessionEntry(page.Next, record));
            page.Bytes += record.Payload.Length;
        }

        return page;
    }

    private async ValueTask<int> ExecuteAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await PrepareAsync(command, cancel).ConfigureAwait(false);
        return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Prepares a statement: one round trip at its first use on a physical connection, then none.</summary>
    private async ValueTask PrepareAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        if (layout.IsPrepared)
        {
            await command.PrepareAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether the column can hold these bytes. If not, the server would report an error instead of "not equal".
    /// </summary>
    private bool CanBeAtRest(ReadOnlySpan<byte> payload)
    {
        if (!Utf8.IsValid(payload) || payload.Contains((byte)0))
        {
            return false;
        }

        return layout.Payload != PayloadType.Jsonb || IsJson(payload);
    }

    private static bool IsJson(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = int.MaxValue });
            while (reader.Read()) { }

            return payload.Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// Refuses an id that ends with a blank if the column has a fixed length: the column drops trailing blanks, so two ids would be equal.
    /// </summary>
    private string Stored(string sid, SessionStoreOperation operation) =>
        layout.PadsSids && sid.EndsWith(' ') ? throw PostgresFailures.BlankAtEnd(layout, operation) : sid;

    private SessionRecord Record(NpgsqlDataReader reader, int payload, int expires) =>
        PayloadAtRest.Read(
            reader.GetFieldValue<byte[]>(payload),
            PostgresInstant.ToInstant(reader.GetFieldValue<long>(expires)),
            layout.Payload
        );
}
