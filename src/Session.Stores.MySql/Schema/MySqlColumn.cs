using System.Globalization;

namespace ServerSessions.Stores.MySql.Schema;

/// <summary>A column, as <c>SHOW FULL COLUMNS</c> has it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type: <c>varchar(128)</c>.</param>
/// <param name="Collation">The collation; <see langword="null"/> for bytes and numbers.</param>
/// <param name="NeedsValue">Whether an insert must name it.</param>
/// <param name="Rights">The rights of this user, between commas.</param>
internal sealed record MySqlColumn(string Name, string Type, string? Collation, bool NeedsValue, string Rights)
{
    /// <summary>The type without its length and attributes.</summary>
    public string Kind => Type.Split('(', ' ')[0];

    /// <summary>The number in brackets; 0 if there is none.</summary>
    public int Length =>
        Type.Split('(', ')') is [_, var length, ..] && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    /// <summary>Whether equal texts have equal bytes, but for blanks at the end.</summary>
    public bool IsExact =>
        Collation is { } collation
        && collation.StartsWith("utf8mb4_", StringComparison.Ordinal)
        && collation.EndsWith("_bin", StringComparison.Ordinal);

    /// <summary>Whether blanks at the end count: MariaDB's <c>utf8mb4_nopad_bin</c> and MySQL's <c>utf8mb4_0900_bin</c>.</summary>
    public bool IsPadded => Collation is not ("utf8mb4_nopad_bin" or "utf8mb4_0900_bin");

    /// <summary>The most bytes of a payload; 0 if the column is for no payload of this form.</summary>
    public long MaxPayload(bool isBinary) =>
        (Kind, isBinary, Collation?.StartsWith("utf8mb4_", StringComparison.Ordinal)) switch
        {
            ("tinytext", false, true) or ("tinyblob", _, _) => byte.MaxValue,
            ("text", false, true) or ("blob", _, _) => ushort.MaxValue,
            ("mediumtext", false, true) or ("mediumblob", _, _) => (1 << 24) - 1,
            ("longtext", false, true) or ("longblob", _, _) => uint.MaxValue,
            _ => 0,
        };

    /// <summary>The latest expiry; 0 if the column is for none of this form.</summary>
    public long MaxExpires(bool isBinary) =>
        (Kind, isBinary, Type.Contains("unsigned", StringComparison.Ordinal)) switch
        {
            ("bigint", _, _) => long.MaxValue,
            ("int", false, true) => uint.MaxValue,
            ("int", false, false) => int.MaxValue,
            _ => 0,
        };

    public override string ToString() => Collation is null ? $"{Name} {Type}" : $"{Name} {Type} {Collation}";
}
