using System.Globalization;
using System.Xml.Linq;

namespace ServerSessions.Conformance;

/// <summary>
/// The report as JUnit's XML. A case that was not run is skipped there, never passed. XML cannot contain control characters in any
/// form; results have none.
/// </summary>
internal static class JUnitReport
{
    public static string Write(ConformanceReport report)
    {
        var suite = new XElement(
            "testsuite",
            new XAttribute("name", report.StoreName),
            new XAttribute("tests", report.Results.Count),
            new XAttribute("failures", report.Results.Count(static result => result.IsFailure)),
            new XAttribute("skipped", report.Results.Count(IsSkipped)),
            report.Results.Select(result => Case(report, result))
        );
        return new XDocument(new XElement("testsuites", suite)).ToString() + "\n";
    }

    private static bool IsSkipped(CaseResult result) => !result.IsFailure && result.Outcome != CaseOutcome.Passed;

    private static XElement Case(ConformanceReport report, CaseResult result)
    {
        var element = new XElement(
            "testcase",
            new XAttribute("classname", $"{report.StoreName}.{result.Case.Group}"),
            new XAttribute("name", $"{result.Case.Id} {result.Case.Rule}"),
            new XAttribute("time", result.Duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture))
        );
        if (result.IsFailure)
        {
            element.Add(
                new XElement(
                    "failure",
                    new XAttribute("type", result.Outcome),
                    new XAttribute("message", result.Message),
                    report.Explain(result)
                )
            );
        }
        else if (IsSkipped(result))
        {
            element.Add(new XElement("skipped", new XAttribute("message", $"{result.Outcome}: {result.Message}")));
        }

        return element;
    }
}
