using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerSessions.Interop.Cases.Building;

/// <summary>An entry of the trace that is not one value only.</summary>
/// <param name="Description">What is expected, for the message.</param>
/// <param name="Matches">Whether an entry is that.</param>
internal sealed record Entry(string Description, Predicate<JsonElement> Matches)
{
    // Between the host's clock and the test's a loaded machine can lie.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <summary>A number within bounds, both included.</summary>
    public static Entry Between(double least, double most) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{least} to {most}"), entry =>
            entry.ValueKind == JsonValueKind.Number && entry.GetDouble() >= least && entry.GetDouble() <= most
        );

    /// <summary>An instant as <c>toISOString</c> writes it, that far from now.</summary>
    public static Entry InstantIn(TimeSpan fromNow) =>
        new($"an instant in {fromNow}", entry =>
            entry.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParseExact(
                entry.GetString(),
                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var instant
            )
            && IsIn(instant, fromNow)
        );

    /// <summary>A text of a form.</summary>
    public static Entry Like(string pattern) =>
        new(pattern, entry =>
            entry.ValueKind == JsonValueKind.String
            && Regex.IsMatch(entry.GetString()!, pattern, RegexOptions.None, TimeSpan.FromSeconds(1))
        );

    /// <summary>What an operation that failed gives.</summary>
    public static object Error(string message) => new { error = message };

    public static bool IsIn(DateTimeOffset? instant, TimeSpan fromNow) =>
        instant is { } value && (value - (TimeProvider.System.GetUtcNow() + fromNow)).Duration() <= Tolerance;
}
