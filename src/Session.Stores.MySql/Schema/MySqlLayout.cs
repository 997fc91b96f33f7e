namespace ServerSessions.Stores.MySql.Schema;

/// <summary>The facts of a table that the statements and the checks before a write depend on.</summary>
/// <param name="Table">The name, as the options have it.</param>
/// <param name="IsBinary">Whether the table is in the form <see cref="MySqlSessionFormat.Binary"/>.</param>
/// <param name="PadsSids">Whether the column of ids ignores blanks at the end, so that two ids could be one row.</param>
/// <param name="MaxSid">The longest id: bytes of a binary column, else characters.</param>
/// <param name="MaxPayload">The largest payload that the column and a statement of the server hold, in bytes.</param>
/// <param name="MaxStatement">The most bytes of values in one statement.</param>
/// <param name="MaxExpires">The latest expiry that its column holds, in its unit.</param>
/// <param name="HasExpiresIndex">Whether there is an index on the expiry.</param>
/// <param name="SkipsLocked">Whether the server has <c>SKIP LOCKED</c> in a statement that deletes.</param>
internal sealed record MySqlLayout(
    string Table,
    bool IsBinary,
    bool PadsSids,
    int MaxSid,
    long MaxPayload,
    long MaxStatement,
    long MaxExpires,
    bool HasExpiresIndex,
    bool SkipsLocked
);
