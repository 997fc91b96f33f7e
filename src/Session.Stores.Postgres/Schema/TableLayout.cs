namespace ServerSessions.Stores.Postgres.Schema;

/// <summary>The table as found when the store was opened.</summary>
/// <param name="Schema">Its schema. Every statement names it, so that a later change of the search path has no effect.</param>
/// <param name="Table">Its name.</param>
/// <param name="Payload">The type of <c>sess</c>.</param>
/// <param name="TimeZone">The zone of the times in <c>expire</c>; <see langword="null"/> if the column has time
/// zones.</param>
/// <param name="IsPrepared">Whether statements are prepared on the server.</param>
/// <param name="HasExpireIndex">Whether an index begins with <c>expire</c>.</param>
/// <param name="PadsSids">Whether <c>sid</c> is a <c>char(n)</c>, as in NodeBB: ids are padded with blanks and compared without
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

/// <summary>The types of <c>sess</c> that connect-pg-simple supports.</summary>
internal enum PayloadType
{
    /// <summary><c>json</c>, its default. Preserves the text.</summary>
    Json,

    /// <summary><c>jsonb</c>. Preserves values but not order and spaces; cannot hold <c>\u0000</c> and lone surrogates.</summary>
    Jsonb,

    /// <summary><c>text</c> or <c>varchar</c>. Preserves the text.</summary>
    Text,
}
