using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ServerSessions.Tests.Rules;

/// <summary>One row of the table of keys in the package's README.</summary>
public sealed partial record OptionKey(string Key, string Type, string Range, string Default)
{
    /// <summary>All rows.</summary>
    public static IReadOnlyList<OptionKey> Documented { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Session.AspNetCore.README.md"))
            .Select(static line => Row().Match(line))
            .Where(static row => row.Success)
            .Select(static row => new OptionKey(
                row.Groups[1].Value,
                row.Groups[2].Value,
                row.Groups[3].Value,
                row.Groups[4].Value.Trim('`')
            )),
    ];

    /// <summary>The texts in the range that stand as values.</summary>
    public IReadOnlyList<string> Values => [.. Code().Matches(Range).Select(static match => match.Groups[1].Value)];

    /// <summary>The options that are values, by their keys: what can come from configuration.</summary>
    public static IEnumerable<(string Key, PropertyInfo Property, object Of)> Options(ServerSessionOptions options) =>
        from place in new (string Prefix, object Of)[] { ("", options), ("Cookie:", options.Cookie), ("Protection:", options.Protection) }
        from property in place.Of.GetType().GetProperties()
        where IsValue(property.PropertyType)
        select (place.Prefix + property.Name, property, place.Of);

    /// <summary>The word that the table has for a type.</summary>
    public static string Name(Type type) =>
        Nullable.GetUnderlyingType(type) is { } underlying ? Name(underlying)
        : type == typeof(string) ? "text"
        : type == typeof(IList<string>) ? "list of texts"
        : type == typeof(bool) ? "bool"
        : type == typeof(TimeSpan) ? "duration"
        : type == typeof(DateTimeOffset) ? "instant"
        : type.IsEnum ? "choice"
        : "number";

    /// <summary>A value as the table writes it.</summary>
    public static string Text(object? value) =>
        value switch
        {
            null or IList<string> { Count: 0 } => "–",
            bool truth => truth ? "true" : "false",
            TimeSpan span => span.ToString(
                span.Ticks % TimeSpan.TicksPerSecond == 0 ? "c" : @"hh\:mm\:ss\.f",
                CultureInfo.InvariantCulture
            ),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static bool IsValue(Type type) => type.IsValueType || type == typeof(string) || type == typeof(IList<string>);

    [GeneratedRegex(@"^\| `([A-Za-z:]+)` \| (text|list of texts|bool|choice|duration|instant|number) \| (.+) \| (–|`[^`]+`) \|$")]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
