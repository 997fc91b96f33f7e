using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerSessions.Conformance;

/// <summary>The report as JSON. Its schema number increases if a reader of the old schema would misread it.</summary>
internal static class JsonReport
{
    public const int Schema = 1;

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    public static string Write(ConformanceReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", Schema);
            json.WriteString("contract", ConformanceCatalogue.ContractVersion);
            json.WriteString("kit", report.KitVersion);
            json.WriteString("store", report.StoreName);
            json.WriteString("backend", report.Backend);
            json.WriteString("time", report.Time.ToString());
            json.WriteNumber("seed", report.Seed);
            json.WriteString("system", RuntimeInformation.OSDescription);
            json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            json.WriteString("verdict", report.Verdict);
            json.WriteBoolean("conforms", report.Conforms);
            json.WriteStartArray("cases");
            foreach (var result in report.Results)
            {
                Write(json, result);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter json, CaseResult result)
    {
        json.WriteStartObject();
        json.WriteString("id", result.Case.Id);
        json.WriteString("level", result.Case.Level.ToString());
        json.WriteString("rule", result.Case.Rule);
        json.WriteString("outcome", result.Outcome.ToString());
        json.WriteNumber("milliseconds", Math.Round(result.Duration.TotalMilliseconds, 1));
        if (result.Message.Length > 0)
        {
            json.WriteString("message", result.Message);
        }

        if (result.Findings.Count > 0)
        {
            json.WriteStartArray("findings");
            foreach (var finding in result.Findings)
            {
                json.WriteStartObject();
                json.WriteString("expected", finding.Expected);
                json.WriteString("observed", finding.Observed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (result.IsFailure && result.Transcript.Count > 0)
        {
            json.WriteStartArray("transcript");
            foreach (var line in result.Transcript)
            {
                json.WriteStringValue(line);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
