namespace ServerSessions.Stores.Relational;

/// <summary>Where a page of a listing begins, and how many rows it has.</summary>
/// <param name="After">The last id of the page before; empty for the first page.</param>
/// <param name="Rows">The rows to read.</param>
public readonly record struct RelationalPosition(string After, int Rows)
{
    /// <summary>Gets the first page. It is small, because the size of a session is not known yet.</summary>
    public static RelationalPosition First { get; } = new("", 16);
}
