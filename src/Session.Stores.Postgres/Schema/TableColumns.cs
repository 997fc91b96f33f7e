namespace ServerSessions.Stores.Postgres.Schema;

/// <summary>A column of the catalog.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type without length, from <c>format_type</c>; unquoted, also with <c>quote_all_identifiers</c>.</param>
/// <param name="MustBeGiven">Whether an insert needs a value for it.</param>
/// <param name="ComparesExactly">Whether its collation distinguishes all different texts.</param>
internal sealed record TableColumn(string Name, string Type, bool MustBeGiven, bool ComparesExactly);

/// <summary>A table of the catalog, and whether it can hold sessions.</summary>
internal sealed class TableColumns(string schema, string name, string kind)
{
    public string Schema => schema;

    public string Name => name;

    public List<TableColumn> Columns { get; } = [];

    public PayloadType Payload =>
        Type("sess") switch
        {
            "json" => PayloadType.Json,
            "jsonb" => PayloadType.Jsonb,
            _ => PayloadType.Text,
        };

    public bool PadsSids => Type("sid") == "character";

    public bool HasTimeZone => Type("expire") == "timestamp with time zone";

    /// <summary>Returns what is wrong with the table and what to do; <see langword="null"/> if it can be used.</summary>
    public string? WhyUnusable()
    {
        if (kind is not ("r" or "p"))
        {
            return "it is not a table (possibly a view). Choose another TableName.";
        }

        var isUsable =
            Type("sid") is "character varying" or "text" or "character"
            && Type("sess") is "json" or "jsonb" or "text" or "character varying"
            && Type("expire") is "timestamp without time zone" or "timestamp with time zone";
        if (!isUsable)
        {
            return $"it has the columns ({string.Join(", ", Columns.Select(static column => $"{column.Name} {column.Type}"))}) and "
                + "not those of connect-pg-simple (sid varchar, sess json, expire timestamp). It belongs to another library, such as "
                + "connect-session-knex. Choose another TableName.";
        }

        if (Columns.Find(static column => column.MustBeGiven && column.Name is not ("sid" or "sess" or "expire")) is { } other)
        {
            return $"its column '{other.Name}' needs a value in every row, which neither this store nor connect-pg-simple sets. Make it "
                + $"nullable or give it a default.";
        }

        return Columns.Exists(static column => column is { Name: "sid", ComparesExactly: false })
            ? "the collation of its column 'sid' treats different ids as equal. Use COLLATE \"default\"."
            : null;
    }

    private string? Type(string column) => Columns.Find(candidate => candidate.Name == column)?.Type;
}
