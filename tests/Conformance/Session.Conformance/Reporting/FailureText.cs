using System.Text;

namespace ServerSessions.Conformance;

/// <summary>A result, explained to a reader who does not know the contract.</summary>
internal static class FailureText
{
    public static string Of(CaseResult result, string run, string repeat)
    {
        var item = result.Case;
        var text = new StringBuilder();
        text.Append(item.Id).Append(' ').Append(item.Rule).Append('\n');
        Line(text, "outcome", $"{result.Outcome}, {item.Level.ToString().ToLowerInvariant()}");
        foreach (var finding in result.Findings)
        {
            Line(text, "expected", finding.Expected);
            Line(text, "observed", finding.Observed);
        }

        if (result.Message.Length > 0 && result.Findings.Count == 0)
        {
            Line(text, "reason", result.Message);
        }

        Line(text, "consequence", item.WhyItMatters);
        foreach (var cause in item.UsualCauses)
        {
            Line(text, "usual cause", cause);
        }

        if (result.Transcript.Count > 0)
        {
            text.Append("  what was done:\n");
            foreach (var line in result.Transcript)
            {
                text.Append("    ").Append(line.ReplaceLineEndings("\n    ")).Append('\n');
            }
        }

        if (result.Error.Length > 0)
        {
            Line(text, "exception", result.Error);
        }

        Line(text, "run", run);
        Line(text, "repeat", repeat);
        return text.ToString().TrimEnd('\n');
    }

    // What goes on stands deeper than any name, so that no text can pass for another line of the explanation.
    private static void Line(StringBuilder text, string name, string value)
    {
        if (value.Length > 0)
        {
            text.Append("  ").Append((name + ":").PadRight(13)).Append(value.ReplaceLineEndings("\n    ")).Append('\n');
        }
    }
}
