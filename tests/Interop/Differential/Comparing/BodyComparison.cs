using System.Globalization;
using System.Text.Json;
using ServerSessions.Interop.Differential.Model;
using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential.Comparing;

/// <summary>Compares two bodies: what was written early and errors letter by letter, the trace entry by entry.</summary>
internal static class BodyComparison
{
    /// <returns>What differs, or nothing.</returns>
    public static string? FirstDifference(
        ProgramRequest request,
        string express,
        string project,
        SidNames expressSids,
        SidNames projectSids,
        TimeSpan tolerance
    )
    {
        if (Split(express) is not var (early, trace) || Split(project) is not var (otherEarly, otherTrace))
        {
            return express == project ? null : "body";
        }

        if (early != otherEarly || trace.Length != otherTrace.Length)
        {
            return "body";
        }

        for (var i = 0; i < trace.Length; i++)
        {
            if (!AreEqual(request.Steps[i], trace[i], otherTrace[i], expressSids, projectSids, tolerance))
            {
                return $"entry {i + 1} of the trace, {request.Steps[i]}";
            }
        }

        return null;
    }

    /// <summary>The text before the last line, and the trace in it; nothing where the body has no trace.</summary>
    private static (string Early, JsonElement[] Trace)? Split(string body)
    {
        var start = body.LastIndexOf("{\"trace\":", StringComparison.Ordinal);
        return start < 0
            ? null
            : (body[..start], JsonSerializer.Deserialize<JsonElement>(body[start..]).GetProperty("trace").EnumerateArray().ToArray());
    }

    private static bool AreEqual(
        string step,
        JsonElement express,
        JsonElement project,
        SidNames expressSids,
        SidNames projectSids,
        TimeSpan tolerance
    )
    {
        if (express.ValueKind == JsonValueKind.Number && IsSpan(step))
        {
            return project.ValueKind == JsonValueKind.Number
                && Math.Abs(express.GetDouble() - project.GetDouble()) <= tolerance.TotalMilliseconds;
        }

        if (express.ValueKind == JsonValueKind.String && project.ValueKind == JsonValueKind.String)
        {
            if (step == "[\"cookie.get\",\"expires\"]")
            {
                return express.TryGetInstant(out var mine) && project.TryGetInstant(out var theirs)
                    ? (mine - theirs).Duration() <= tolerance
                    : express.GetRawText() == project.GetRawText();
            }

            if (step == "[\"id\"]")
            {
                return expressSids.NameOf(express.GetString()!) == projectSids.NameOf(project.GetString()!);
            }
        }

        return express.GetRawText() == project.GetRawText();
    }

    private static bool IsSpan(string step) => step is "[\"cookie.get\",\"maxAge\"]" or "[\"cookie.get\",\"originalMaxAge\"]";

    /// <summary>An instant as <c>toISOString</c> writes it, and in no other form.</summary>
    private static bool TryGetInstant(this JsonElement value, out DateTimeOffset instant) =>
        DateTimeOffset.TryParseExact(
            value.GetString(),
            "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out instant
        );
}
