using System.Data;
using System.Data.Common;
using System.Globalization;

namespace ServerSessions.Stores.Relational;

/// <content>The operations on many rows.</content>
public abstract partial class RelationalTable
{
    // 1 MiB: rows on a page are as many as make about this, which bounds the memory of a listing; at most 512.
    private const long PageBytes = 1024 * 1024;
    private const int MaxPageRows = 512;

    /// <summary>Counts the live sessions.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="now">The current time at rest.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns>The number.</returns>
    public virtual async ValueTask<long> CountAsync(DbConnection connection, long now, CancellationToken stopping)
    {
        using var command = RelationalCommand.Create(connection, statements.Count);
        AddInstant(command, "now", now);
        return Convert.ToInt64(await command.ExecuteScalarAsync(stopping).ConfigureAwait(false), CultureInfo.InvariantCulture);
    }

    /// <summary>Deletes expired rows.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="now">The current time at rest.</param>
    /// <param name="batch">The most rows.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns>The number of rows that were deleted.</returns>
    public virtual async ValueTask<int> PruneAsync(DbConnection connection, long now, int batch, CancellationToken stopping)
    {
        using var command = RelationalCommand.Create(connection, statements.Prune);
        AddInstant(command, "now", now);
        AddCount(command, "count", batch);
        return await command.ExecuteNonQueryAsync(stopping).ConfigureAwait(false);
    }

    /// <summary>Deletes the next sessions, expired or not.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="from">The id to start from; empty for the first.</param>
    /// <param name="batch">About how many rows to delete.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns>The id to continue from; <see langword="null"/> after the last.</returns>
    public virtual async ValueTask<string?> ClearAsync(DbConnection connection, string from, int batch, CancellationToken stopping)
    {
        string? next;
        using (var skip = RelationalCommand.Create(connection, statements.Skip))
        {
            AddSid(skip, "sid", from);
            AddCount(skip, "count", batch);
            await PrepareAsync(skip, stopping).ConfigureAwait(false);
            var reader = await skip.ExecuteReaderAsync(CommandBehavior.SingleRow, stopping).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            next = await reader.ReadAsync(stopping).ConfigureAwait(false) ? ReadSid(reader, 0) : null;
        }

        using var clear = RelationalCommand.Create(connection, statements.Clear);
        AddSid(clear, "sid", from);
        AddSid(clear, "next", next);
        await ExecuteAsync(clear, stopping).ConfigureAwait(false);
        return next;
    }

    /// <summary>Reads a page of live sessions in the order of ids.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="position">Where the page begins.</param>
    /// <param name="now">The current time at rest.</param>
    /// <param name="stopping">Cancels the statement.</param>
    /// <returns>The page.</returns>
    public virtual async ValueTask<SessionPage<RelationalPosition>> PageAsync(
        DbConnection connection,
        RelationalPosition position,
        long now,
        CancellationToken stopping
    )
    {
        using var command = RelationalCommand.Create(connection, statements.Page);
        AddSid(command, "sid", position.After);
        AddInstant(command, "now", now);
        AddCount(command, "count", position.Rows);
        await PrepareAsync(command, stopping).ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(stopping).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        var page = new SessionPage<RelationalPosition>();
        var (rows, bytes, last) = (0, 0L, position.After);
        for (; await reader.ReadAsync(stopping).ConfigureAwait(false); rows++)
        {
            last = ReadSid(reader, 0);
            if (!Sid.IsValid(last) || reader.IsDBNull(1))
            {
                page.Unreadable++;
                continue;
            }

            var record = ReadRecord(reader, payload: 1, expires: 2);
            page.Sessions.Add(new SessionEntry(last, record));
            bytes += record.Payload.Length;
        }

        page.HasMore = rows == position.Rows;
        var fitting = position.Rows * PageBytes / Math.Max(bytes, 1);
        page.Next = new RelationalPosition(last, (int)Math.Clamp(fitting, 1, Math.Min(position.Rows * 4, MaxPageRows)));
        return page;
    }

    /// <summary>Reads the id of a row.</summary>
    /// <param name="reader">The reader, on the row.</param>
    /// <param name="ordinal">The ordinal of the id.</param>
    /// <returns>The id, which may be invalid.</returns>
    protected virtual string ReadSid(DbDataReader reader, int ordinal) => reader.GetString(ordinal);
}
