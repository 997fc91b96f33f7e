using ServerSessions.Stores;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Checks;

/// <summary>Shows the checks by their group, and for each that has not passed what to do.</summary>
internal static class DoctorView
{
    private const string Page = "https://github.com/session-stores/session-stores/blob/main/docs/tool.md";

    public static void Show(Report report, OpenedStore store, IReadOnlyList<StoreCheck> checks)
    {
        report.Data(
            new
            {
                store = store.Address.Shown,
                backend = store.Store.Backend,
                checks = checks.Select(static check => new
                {
                    check.Group,
                    check.Name,
                    check.Outcome,
                    check.Found,
                    check.Expected,
                    check.Advice,
                    check.Count,
                    link = check.Outcome == StoreCheckOutcome.Passed ? null : Link(check),
                }),
                passed = Count(StoreCheckOutcome.Passed),
                warnings = Count(StoreCheckOutcome.Warning),
                failed = Count(StoreCheckOutcome.Failed),
                unknown = Count(StoreCheckOutcome.Unknown),
            }
        );
        report.Line($"{store.Store.Backend}: {store.Address.Shown}", Report.Strong);
        foreach (var group in checks.GroupBy(static check => check.Group))
        {
            report.Line("");
            report.Line(group.Key.ToString().ToLowerInvariant(), Report.Faint);
            foreach (var check in group)
            {
                Show(report, check);
            }
        }

        report.Line("");
        report.Line(
            $"{Words.Count(checks.Count, "check")}: {Count(StoreCheckOutcome.Passed)} passed, "
                + $"{Words.Count(Count(StoreCheckOutcome.Warning), "warning")}, {Count(StoreCheckOutcome.Failed)} failed, "
                + $"{Count(StoreCheckOutcome.Unknown)} unknown",
            Count(StoreCheckOutcome.Failed) > 0 ? Report.Bad
                : Count(StoreCheckOutcome.Warning) > 0 ? Report.Weak
                : Report.Good
        );

        int Count(StoreCheckOutcome outcome) => checks.Count(check => check.Outcome == outcome);
    }

    private static void Show(Report report, StoreCheck check)
    {
        var (sign, style) = check.Outcome switch
        {
            StoreCheckOutcome.Passed => ("√", Report.Good),
            StoreCheckOutcome.Warning => ("‼", Report.Weak),
            StoreCheckOutcome.Failed => ("×", Report.Bad),
            _ => ("?", Report.Faint),
        };
        report.Line($"  {sign} {check.Name,-18} {check.Found}", style, indent: 23);
        Detail("expected", check.Expected);
        Detail("do", check.Advice);
        if (check.Outcome != StoreCheckOutcome.Passed)
        {
            // A link is clicked or copied, so it stays one line; the terminal breaks it and forgets the break.
            Detail("see", Link(check), short.MaxValue);
        }

        void Detail(string name, string? text, int indent = 16)
        {
            if (text is not null)
            {
                report.Line($"      {name,-8}  {text}", indent: indent);
            }
        }
    }

    private static string Link(StoreCheck check) => $"{Page}#{check.Group.ToString().ToLowerInvariant()}";
}
