namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>The table as it was found when the store was opened.</summary>
/// <param name="Schema">Where it is; every statement names it, so that a search path that changes later leads nowhere else.</param>
/// <param name="Table">Its name.</param>
/// <param name="Payload">The type of <c>sess</c>.</param>
/// <param name="TimeZone">The zone that the times in <c>expire</c> are in; <see langword="null"/>: the column has time zones
/// itself.</param>
/// <param name="IsPrepared">Whether statements are prepared on the server.</param>
/// <param name="HasExpireIndex">Whether an index begins with <c>expire</c>.</param>
/// <param name="PadsSids">Whether <c>sid</c> is a <c>char(n)</c>, as NodeBB makes it: ids are filled up with blanks, and compared without
/// them.</param>
internal sealed record TableLayout(
    string Schema,
    string Table,
    PayloadType Payload,
    string? TimeZone,
    bool IsPrepared,
    bool HasExpireIndex,
    bool PadsSids
);

/// <summary>The types of <c>sess</c> that connect-pg-simple works with.</summary>
internal enum PayloadType
{
    /// <summary>Its own. Keeps the text as it is.</summary>
    Json,

    /// <summary>Keeps the values, in another order and with other spaces; cannot hold <c>\u0000</c> and lone surrogates.</summary>
    Jsonb,

    /// <summary><c>text</c> or <c>varchar</c>. Keeps the text as it is.</summary>
    Text,
}
