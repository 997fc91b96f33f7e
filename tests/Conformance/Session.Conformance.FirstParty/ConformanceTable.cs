using System.Globalization;
using System.Text;

namespace ServerSessions.Conformance.FirstParty;

/// <summary><c>docs/conformance.md</c>: the outcomes of all stores, side by side.</summary>
public static class ConformanceTable
{
    private const string Head = """
        # Conformance of the stores

        Every store here runs the conformance kit (`tests/Conformance`) with its own tests. Redis and PostgreSQL run on real servers.
        MongoDB runs on the test server of this repository if no real one is named or installed.

        `eng/conformance.sh` writes this page from the outcomes in `docs/conformance`. The tests compare both with what they observe, and fail if one is stale.

        *Untested* means that the harness cannot show it; see [the reasons](#cases-that-are-not-run).

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
        text.Append("\n## By level\n\nPassed cases, of all cases of the level.\n\n| level |")
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
        text.Append("\n## Cases that are not run\n");
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
