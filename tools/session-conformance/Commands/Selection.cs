using ServerSessions.Payload;

namespace ServerSessions.Conformance.Tool.Commands;

/// <summary>Parses the options that take several values.</summary>
internal static class Selection
{
    /// <returns>Ids and groups that exist; <see langword="null"/> if none was given.</returns>
    public static IReadOnlyCollection<string>? Cases(string[] given)
    {
        var names = Split(given);
        var unknown = names.FirstOrDefault(static name => !Exists(name));
        return unknown is null ? (names.Length == 0 ? null : names) : throw new ToolException(Unknown(unknown));
    }

    /// <returns>Levels; <see langword="null"/> if none was given.</returns>
    public static IReadOnlyCollection<CaseLevel>? Levels(string[] given) =>
        Kinds<CaseLevel>(given, "level") is { Length: > 0 } levels ? levels : null;

    public static T[] Kinds<T>(string[] given, string what)
        where T : struct, Enum =>
        [
            .. Split(given)
                .Select(name =>
                    Array.Exists(Enum.GetNames<T>(), known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
                        ? Enum.Parse<T>(name, ignoreCase: true)
                        : throw new ToolException(
                            $"There is no {what} {name}. There are: {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}."
                        )
                )
                .Distinct(),
        ];

    public static string Unknown(string name)
    {
        var group = name.Split('-')[0].ToUpperInvariant();
        var ids = ConformanceCatalogue.Cases.Where(item => item.Group == group).Select(static item => item.Id).ToArray();
        return ids.Length > 0
            ? $"There is no case {name}. In its group there are: {string.Join(", ", ids)}."
            : $"There is no case or group {name}. The groups are: "
                + $"{string.Join(", ", ConformanceCatalogue.Cases.Select(static item => item.Group).Distinct())}; '{App.Name} list' "
                + $"lists the cases.";
    }

    private static bool Exists(string name) =>
        ConformanceCatalogue.Cases.Any(item =>
            item.Id.Equals(name, StringComparison.OrdinalIgnoreCase) || item.Group.Equals(name, StringComparison.OrdinalIgnoreCase)
        );

    private static string[] Split(string[] given) =>
        [.. given.SelectMany(static value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
}
