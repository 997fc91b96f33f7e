using System.Globalization;
using System.Text;

namespace ServerSessions.Conformance.FirstParty;

/// <summary><c>docs/conformance.md</c>: the outcomes of all stores, side by side.</summary>
public static class ConformanceTable
{
    private const string Head = """
        # What the stores of this repository keep

        Every store here runs the conformance kit (`tests/Conformance`) with its own tests: MongoDB on the server for tests where no real one is named or installed, Redis and
        PostgreSQL on real ones. This page is made from the outcomes in `docs/conformance`, which those tests compare with what they see; a test fails when it is stale.
        Made anew by `eng/conformance.sh`.

        What is untested cannot be shown by the harness; [why](#what-is-not-shown-and-why) stands below.

        """;

    /// <summary>The page.</summary>
    /// <param name="stores">The outcomes of each store.</param>
    public static string ToMarkdown(IReadOnlyList<StoreOutcomes> stores)
    {
        ArgumentNullException.ThrowIfNull(stores);
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        ByLevel(text, stores);
        var matrix = new ConformanceMatrix();
        foreach (var store in stores)
        {
            matrix.AddJson(store.ToReport());
        }

        text.Append("\n## By case\n\n").Append(matrix.ToMarkdown());
        NotShown(text, stores);
        return text.ToString();
    }

    private static void ByLevel(StringBuilder text, IReadOnlyList<StoreOutcomes> stores)
    {
        text.Append("\n## By level\n\nPassed, of the cases that there are.\n\n| level |")
            .AppendJoin("", stores.Select(static store => $" {store.Store} |"));
        text.Append("\n| --- |").Insert(text.Length, " --- |", stores.Count).Append('\n');
        foreach (var level in Enum.GetValues<CaseLevel>())
        {
            var ids = ConformanceCatalogue
                .Cases.Where(item => item.Level == level)
                .Select(static item => item.Id)
                .ToHashSet(StringComparer.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"| {level} |");
            foreach (var store in stores)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $" {store.Cases.Count(result => ids.Contains(result.Id) && result.Outcome == CaseOutcome.Passed)} of {ids.Count} |"
                );
            }

            text.Append('\n');
        }
    }

    private static void NotShown(StringBuilder text, IReadOnlyList<StoreOutcomes> stores)
    {
        text.Append("\n## What is not shown, and why\n");
        foreach (var store in stores)
        {
            var groups = store.Cases.Where(static result => result.Why is not null).GroupBy(static result => result.Why!).ToArray();
            if (groups.Length == 0)
            {
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"\n**{store.Store}**\n\n");
            foreach (var group in groups)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"- {string.Join(", ", group.Select(static result => result.Id))}: {group.Key}\n"
                );
            }

            foreach (var (member, reason) in store.LeftOut)
            {
                text.Append(CultureInfo.InvariantCulture, $"- `{member}` is left out: {reason}\n");
            }
        }
    }
}
