using System.Globalization;
using System.Net;
using System.Text;

namespace ServerSessions.Conformance;

/// <summary>The matrix as one page: no script, no other file; light or dark as the reader's system is.</summary>
internal static class MatrixHtml
{
    private const string Head = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Session stores and the rules of their contract</title>
        <style>
        :root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; --odd: #9a6700; --paper: #fff; }
        @media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; --odd: #d29922; --paper: #161616; } }
        body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem; background: var(--paper); }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
        table { border-collapse: collapse; }
        th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
        .grid th { position: sticky; top: 0; background: var(--paper); }
        .grid td.cell, .grid th.cell { text-align: center; white-space: nowrap; }
        .grid tr > :first-child { position: sticky; left: 0; background: var(--paper); white-space: nowrap; font-variant-numeric: tabular-nums; }
        .grid tr:hover td { background: color-mix(in srgb, var(--paper), #888 15%); }
        .good { color: var(--good); } .bad { color: var(--bad); font-weight: bold; } .odd { color: var(--odd); } .none { opacity: .55; }
        body:has(#differ:checked) tr.same { display: none; }
        label { user-select: none; }
        </style>
        </head>
        <body>
        <h1>Session stores and the rules of their contract</h1>
        <table>
        <thead><tr><th>store</th><th>backend</th><th>time</th><th>contract</th><th>kit</th><th>verdict</th></tr></thead>
        <tbody>

        """;

    public static string Write(ConformanceMatrix matrix)
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var store in matrix.Columns)
        {
            var verdict =
                store.Conforms ? "good"
                : store.Cases.Any(static cell => cell.IsFailure) ? "bad"
                : "odd";
            text.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Safe(store.Name)}</td><td>{Safe(store.Backend)}</td><td>{Safe(store.Time)}</td><td>{Safe(store.Contract)}</td>"
                    + $"<td>{Safe(store.Kit)}</td><td class=\"{verdict}\">{Safe(store.Verdict)}</td></tr>\n"
            );
        }

        text.Append("</tbody>\n</table>\n<h2>Cases</h2>\n");
        text.Append(CultureInfo.InvariantCulture, $"<p>{MatrixMarkdown.Legend} A cell that is not a pass shows its reason on hover.</p>\n");
        text.Append(
            "<p><label><input type=\"checkbox\" id=\"differ\"> only cases on which the stores differ, or that a store has "
                + "failed</label></p>\n<table class=\"grid\">\n<thead><tr><th>case</th><th>level</th><th>rule</th>"
        );
        foreach (var store in matrix.Columns)
        {
            text.Append(CultureInfo.InvariantCulture, $"<th class=\"cell\">{Safe(store.Name)}</th>");
        }

        text.Append("</tr></thead>\n<tbody>\n");
        foreach (var item in matrix.Rows())
        {
            Row(text, item, [.. matrix.Columns.Select(store => store.Find(item.Id))]);
        }

        text.Append("</tbody>\n</table>\n");
        Notes(text, matrix);
        return text.Append("</body>\n</html>\n").ToString();
    }

    private static void Row(StringBuilder text, MatrixCase item, MatrixCell?[] cells)
    {
        var same =
            cells.Select(static cell => cell?.Outcome).Distinct().Count() <= 1 && !cells.Any(static cell => cell is { IsFailure: true });
        text.Append(
            CultureInfo.InvariantCulture,
            $"<tr{(same ? " class=\"same\"" : "")}><td>{Safe(item.Id)}</td><td>{Safe(item.Level)}</td><td>{Safe(item.Rule)}</td>"
        );
        foreach (var cell in cells)
        {
            text.Append(
                cell is null
                    ? "<td class=\"cell\"></td>"
                    : $"<td class=\"cell {Class(cell)}\" title=\"{Safe($"{cell.Outcome} {cell.Message}".TrimEnd())}\">{cell.Sign}</td>"
            );
        }

        text.Append("</tr>\n");
    }

    private static void Notes(StringBuilder text, ConformanceMatrix matrix)
    {
        var notes = matrix
            .Columns.SelectMany(static store =>
                store.Cases.Where(static cell => cell.IsFailure || cell.Sign == "w").Select(cell => (store, cell))
            )
            .ToArray();
        if (notes.Length == 0)
        {
            return;
        }

        text.Append(
            "<h2>Failed and "
                + "waived</h2>\n<table>\n<thead><tr><th>store</th><th>case</th><th>outcome</th><th>why</th></tr></thead>\n<tbody>\n"
        );
        foreach (var (store, cell) in notes)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Safe(store.Name)}</td><td>{Safe(cell.Case.Id)}</td><td "
                    + $"class=\"{Class(cell)}\">{Safe(cell.Outcome)}</td><td>{Safe(cell.Message)}</td></tr>\n"
            );
        }

        text.Append("</tbody>\n</table>\n");
    }

    private static string Class(MatrixCell cell) =>
        cell.IsFailure
            ? "bad"
            : cell.Sign switch
            {
                "✓" => "good",
                "w" or "?" => "odd",
                _ => "none",
            };

    // HtmlEncode leaves control characters, which no page may hold.
    private static string Safe(string text) => WebUtility.HtmlEncode(PrintableText.Of(text));
}
