namespace ServerSessions.Stores.Relational;

/// <summary>
/// The statements of a dialect on one table. Each names its parameters in the order that it documents, and each may use one more than once.
/// <c>now</c> is the current time: a row is alive if its expiry is later. Names are quoted, and every value is a parameter.
/// </summary>
public sealed record RelationalStatements
{
    /// <summary>Gets the statement that reads a live row. Parameters: sid, now. Columns: payload, expires.</summary>
    public required string Get { get; init; }

    /// <summary>Gets the statement that writes a row, whether or not one exists. Parameters: sid, expires, payload.</summary>
    public required string Set { get; init; }

    /// <summary>Gets the statement that inserts a row unless one exists. Parameters: sid, expires, payload, now.</summary>
    /// <value>Default empty, for a table that overrides <see cref="RelationalTable.TrySetAbsentAsync"/>.</value>
    public string InsertIfAbsent { get; init; } = "";

    /// <summary>Gets the statement that overwrites a row that is not alive. Parameters: sid, expires, payload, now.</summary>
    /// <value>Default empty, for a table that overrides <see cref="RelationalTable.TrySetAbsentAsync"/>.</value>
    public string ReplaceIfExpired { get; init; } = "";

    /// <summary>
    /// Gets the statement that overwrites a live row whose payload is the expected one. Parameters: sid, expires, payload, now, expected.
    /// </summary>
    /// <value>Default empty, for a table that overrides <see cref="RelationalTable.TrySetSameAsync"/>.</value>
    public string SetIfSame { get; init; } = "";

    /// <summary>
    /// Gets the statement that returns 1 for a live row with the expected payload, 0 for one with another payload, and no row otherwise.
    /// Parameters: sid, now, expected.
    /// </summary>
    /// <value>Default empty, for a table that overrides the methods that use it.</value>
    public string Compare { get; init; } = "";

    /// <summary>Gets the statement that deletes a live row whose payload is the expected one. Parameters: sid, now, expected.</summary>
    /// <value>Default empty, for a table that overrides <see cref="RelationalTable.TryEndAsync"/>.</value>
    public string EndIfSame { get; init; } = "";

    /// <summary>Gets the statement that deletes a row that is not alive. Parameters: sid, now.</summary>
    /// <value>Default empty, for a table that overrides <see cref="RelationalTable.TryEndAsync"/>.</value>
    public string EndIfExpired { get; init; } = "";

    /// <summary>Gets the statement that moves the expiry of a live row. Parameters: sid, expires, now.</summary>
    public required string Touch { get; init; }

    /// <summary>Gets the statement that deletes a row. Parameter: sid.</summary>
    public required string Destroy { get; init; }

    /// <summary>Gets the statement that counts live rows. Parameter: now.</summary>
    public required string Count { get; init; }

    /// <summary>
    /// Gets the statement that reads the next live rows in the order of ids. Parameters: sid (the last id, or empty), now, count. Columns:
    /// sid, payload, expires.
    /// </summary>
    public required string Page { get; init; }

    /// <summary>Gets the statement that deletes rows that are not alive, and skips locked rows. Parameters: now, count.</summary>
    public required string Prune { get; init; }

    /// <summary>
    /// Gets the statement that returns the id that follows a number of ids, and no row if there are fewer. Parameters: sid (the first id,
    /// or empty), count.
    /// </summary>
    /// <value>Default empty, for a table that overrides <see cref="RelationalTable.ClearAsync"/>.</value>
    public string Skip { get; init; } = "";

    /// <summary>
    /// Gets the statement that deletes the rows from one id to another, which is not included, or all rows from an id if that is NULL.
    /// Parameters: sid, next.
    /// </summary>
    /// <value>Default empty, for a table that overrides <see cref="RelationalTable.ClearAsync"/>.</value>
    public string Clear { get; init; } = "";
}
