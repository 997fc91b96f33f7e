using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using MySqlConnector;
using ServerSessions.Stores.MySql.Schema;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.MySql.Statements;

/// <summary>The operations on a table, and how its values are bound.</summary>
/// <param name="layout">The table.</param>
/// <param name="errors">Makes exceptions.</param>
/// <param name="patience">The seconds after which the driver gives a command up.</param>
internal sealed class MySqlTable(MySqlLayout layout, MySqlErrors errors, int patience)
    : RelationalTable(MySqlStatements.For(layout), errors)
{
    // A deadlock undoes one statement, which can be sent again at once. The loser of one seldom loses the next.
    private const int DeadlockAttempts = 5;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _name = MySqlIdentifier.Quote(layout.Table);

    public MySqlLayout Layout => layout;

    public override string Rows => $"rows of table '{layout.Table}'";

    private long Unit => layout.IsBinary ? TimeSpan.TicksPerMillisecond : TimeSpan.TicksPerSecond;

    public override long NowAtRest(DateTimeOffset now) => (now - DateTimeOffset.UnixEpoch).Ticks / Unit;

    public override long ExpiryAtRest(DateTimeOffset expires, DateTimeOffset now) =>
        expires <= now ? 0 : Math.Min(((expires - DateTimeOffset.UnixEpoch).Ticks + Unit - 1) / Unit, layout.MaxExpires);

    public override ValueTask<int> SetAsync(DbConnection connection, RelationalWrite write, CancellationToken stopping)
    {
        ThrowIfTooLarge(SessionStoreOperation.Set, write);
        return base.SetAsync(connection, write, stopping);
    }

    public override ValueTask<ConditionalSetResult> TrySetAbsentAsync(
        DbConnection connection,
        RelationalWrite write,
        CancellationToken stopping
    )
    {
        ThrowIfTooLarge(SessionStoreOperation.TrySet, write);
        return base.TrySetAbsentAsync(connection, write, stopping);
    }

    public override ValueTask<ConditionalSetResult> TrySetSameAsync(
        DbConnection connection,
        RelationalWrite write,
        SessionRecord expected,
        CancellationToken stopping
    )
    {
        ThrowIfTooLarge(SessionStoreOperation.TrySet, write, expected.Payload.Length);
        return base.TrySetSameAsync(connection, write, expected, stopping);
    }

    protected override void AddSid(DbCommand command, string name, string? sid) =>
        Add(command, name, sid is not null && layout.IsBinary ? SidBytes(sid) : sid);

    protected override void AddInstant(DbCommand command, string name, long instant) => Add(command, name, instant);

    protected override void AddPayload(DbCommand command, string name, ReadOnlyMemory<byte>? payload) => Add(command, name, payload);

    protected override void AddCount(DbCommand command, string name, int count) => Add(command, name, count);

    protected override SessionRecord ReadRecord(DbDataReader reader, int payload, int expires)
    {
        var atRest = Convert.ToDecimal(reader.GetValue(expires), CultureInfo.InvariantCulture);
        return SessionRecord.TakeOwnership(reader.GetFieldValue<byte[]>(payload), Instant(atRest));
    }

    protected override ValueTask PrepareAsync(DbCommand command, CancellationToken stopping) =>
        new(command.PrepareAsync(stopping));

    protected override string ReadSid(DbDataReader reader, int ordinal) =>
        layout.IsBinary ? SidText(reader.GetFieldValue<byte[]>(ordinal)) : reader.GetString(ordinal);

    protected override async ValueTask<int> ExecuteAsync(DbCommand command, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await base.ExecuteAsync(command, stopping).ConfigureAwait(false);
            }
            catch (MySqlException error) when (error.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
            {
                return 0;
            }
            catch (MySqlException error) when (MySqlErrors.IsUndone(error) && attempt < DeadlockAttempts)
            {
                // The server has undone the statement.
            }
        }
    }

    private void Add(DbCommand command, string name, object? value)
    {
        command.CommandTimeout = patience;
        ((MySqlCommand)command).Parameters.AddWithValue(name, value ?? DBNull.Value);
    }

    private DateTimeOffset Instant(decimal atRest) =>
        atRest >= (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / Unit
            ? DateTimeOffset.MaxValue
            : DateTimeOffset.UnixEpoch.AddTicks((long)atRest * Unit);

    private void ThrowIfTooLarge(SessionStoreOperation operation, RelationalWrite write, int besides = 0)
    {
        var length = layout.IsBinary ? Strict.GetByteCount(write.Sid) : write.Sid.EnumerateRunes().Count();
        if (length > layout.MaxSid)
        {
            throw errors.InexactSid(operation, $"is longer than the {layout.MaxSid} that the column 'session_id' holds");
        }

        if (layout.PadsSids && write.Sid.EndsWith(' '))
        {
            throw errors.InexactSid(operation, "ends with a blank, which the column 'session_id' ignores");
        }

        if (write.Payload.Length > layout.MaxPayload || (long)write.Payload.Length + besides > layout.MaxStatement)
        {
            throw errors.TooLarge(operation, layout.MaxPayload);
        }
    }

    /// <summary>Encodes an id, or what <see cref="SidText"/> made of bytes that are none.</summary>
    private static byte[] SidBytes(string sid) =>
        sid is [>= '\uDC00' and <= '\uDCFF', ..] ? [.. sid.Select(static unit => (byte)unit)] : Strict.GetBytes(sid);

    /// <summary>
    /// Decodes an id. Bytes that are no text become lone surrogates, one each: no valid id, and still a position from which a listing goes
    /// on.
    /// </summary>
    private static string SidText(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return string.Concat(bytes.Select(static unit => (char)(0xDC00 + unit)));
        }
    }
}
