using System.Text;
using System.Text.Json;

namespace ServerSessions.Conformance;

/// <summary>The badge: <c>session store | recommended, 1.0</c>.</summary>
internal static class BadgeReport
{
    public static string Write(ConformanceReport report)
    {
        var (message, color) =
            report.Unavailable is not null ? ("not run", "lightgrey")
            : report.ExitCode() == 3 ? ("not judged", "lightgrey")
            : report is { IsPartial: true, HasFailed: false } ? ("not judged", "lightgrey")
            : report.HasFailed ? ("does not conform", "red")
            : report.Inconclusive.Any() ? ($"inconclusive: {ReportVerdict.Ids(report.Inconclusive, atMost: 3)}", "lightgrey")
            : Conforms(report);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 1);
            json.WriteString("label", "session store");
            json.WriteString("message", message);
            json.WriteString("color", color);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static (string Message, string Color) Conforms(ConformanceReport report)
    {
        var message = $"{ReportVerdict.Level(report)}, {ConformanceCatalogue.ContractVersion}";
        return report.NotTried is { Count: > 0 } untried
            ? ($"{message}, not tried: {ReportVerdict.Ids(untried, atMost: 3)}", "yellowgreen")
            : (message, "brightgreen");
    }
}
