using System.Globalization;
using System.Text;

namespace Session.Conformance.FirstParty;

/// <summary><c>docs/conformance.md</c>: the outcomes of all stores, side by side.</summary>
public static class ConformanceTable
{
    private const string Head = """
        # What the stores of this repository keep

        Every store here runs the conformance kit (`tests/Conformance`) with its own tests: MongoDB on the server for tests where no real one is named or installed, Redis and
        PostgreSQL on real ones. This page is made from the outcomes in `docs/conformance`, which those tests compare with what they see; a test fails when it is stale.
        Made anew by `eng/conformance.sh`.

        ✓ keeps the rule; – does not declare what it is about; ○ cannot be shown by the harness, see [below](#what-is-not-shown-and-why); W does not keep it and says why; **✗** breaks it.

        """;

    /// <summary>The page.</summary>
    /// <param name="stores">The outcomes of each store.</param>
    public static string ToMarkdown(IReadOnlyList<StoreOutcomes> stores)
    {
        ArgumentNullException.ThrowIfNull(stores);
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        Summary(text, stores);
        Cases(text, stores);
        NotShown(text, stores);
        return text.ToString();
    }

    private static void Summary(StringBuilder text, IReadOnlyList<StoreOutcomes> stores)
    {
        text.Append("\n## By level\n\nPassed, of the cases that there are.\n\n");
        Header(text, "| level |", stores);
        foreach (var level in Enum.GetValues<CaseLevel>())
        {
            var ids = ConformanceCatalogue.Cases.Where(item => item.Level == level).Select(static item => item.Id).ToHashSet(StringComparer.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"| {level} |");
            foreach (var store in stores)
            {
                text.Append(CultureInfo.InvariantCulture, $" {store.Cases.Count(result => ids.Contains(result.Id) && result.Outcome == CaseOutcome.Passed)} of {ids.Count} |");
            }

            text.Append('\n');
        }

        text.Append('\n');
        foreach (var store in stores)
        {
            text.Append(CultureInfo.InvariantCulture, $"- **{store.Store}** ({store.Time.ToString().ToLowerInvariant()} time): {store.Verdict}\n");
        }
    }

    private static void Cases(StringBuilder text, IReadOnlyList<StoreOutcomes> stores)
    {
        text.Append("\n## By case\n\n");
        Header(text, "| case | level | rule |", stores);
        foreach (var item in ConformanceCatalogue.Cases)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {item.Id} | {item.Level.ToString().ToLowerInvariant()} | {item.Rule.Replace("|", "\\|", StringComparison.Ordinal)} |");
            foreach (var store in stores)
            {
                text.Append(CultureInfo.InvariantCulture, $" {Sign(store.Cases.FirstOrDefault(result => result.Id == item.Id)?.Outcome)} |");
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
                text.Append(CultureInfo.InvariantCulture, $"- {string.Join(", ", group.Select(static result => result.Id))}: {group.Key}\n");
            }

            foreach (var (member, reason) in store.LeftOut)
            {
                text.Append(CultureInfo.InvariantCulture, $"- `{member}` is left out: {reason}\n");
            }
        }
    }

    private static void Header(StringBuilder text, string start, IReadOnlyList<StoreOutcomes> stores)
    {
        text.Append(start);
        foreach (var store in stores)
        {
            text.Append(CultureInfo.InvariantCulture, $" {store.Store} |");
        }

        text.Append("\n|").Insert(text.Length, " --- |", start.Count(static c => c == '|') - 1 + stores.Count).Append('\n');
    }

    private static string Sign(CaseOutcome? outcome) => outcome switch
    {
        CaseOutcome.Passed => "✓",
        CaseOutcome.NotDeclared => "–",
        CaseOutcome.Untested => "○",
        CaseOutcome.Waived => "W",
        _ => "**✗**",
    };
}
