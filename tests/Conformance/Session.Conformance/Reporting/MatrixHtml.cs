using System.Globalization;
using System.Net;
using System.Text;

namespace ServerSessions.Conformance;

/// <summary>
/// The matrix as one page: failures first, then the verdicts, then the cases. No script, no other file; light or dark as the reader's
/// system is, and a line for each store on a phone.
/// </summary>
internal static class MatrixHtml
{
    public static string Write(ConformanceMatrix matrix)
    {
        var text = new StringBuilder(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Session stores and the rules of their contract</title>
            <style>
            {MatrixStyle.Css}
            </style>
            </head>
            <body>
            <main>
            <h1>Session stores and the rules of their contract</h1>

            """.ReplaceLineEndings("\n")
        );
        Failures(text, matrix);
        text.Append("<h2>Verdicts</h2>\n<div class=\"stores\">\n");
        foreach (var store in matrix.Columns)
        {
            Store(text, store, matrix.Rows());
        }

        text.Append("</div>\n");
        Grid(text, matrix);
        return text.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Failures(StringBuilder text, ConformanceMatrix matrix)
    {
        var failed = matrix.Columns.Where(static store => store.Cases.Any(static cell => cell.IsFailure)).ToArray();
        if (failed.Length == 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<p class=\"good\">No case failed, of {Count(matrix.Columns.Count, "store")}.</p>\n"
            );
            return;
        }

        text.Append("<h2>Failed</h2>\n");
        foreach (var store in failed)
        {
            text.Append(CultureInfo.InvariantCulture, $"<h3>{Safe(store.Name)}</h3>\n");
            List(text, "bad", store.Cases.Where(static cell => cell.IsFailure));
        }
    }

    private static void Store(StringBuilder text, MatrixStore store, IReadOnlyList<MatrixCase> rows)
    {
        var verdict =
            store.Conforms ? "good"
            : store.Cases.Any(static cell => cell.IsFailure) ? "bad"
            : "odd";
        string[] facts =
        [
            .. new[] { store.Backend, Labelled("time", store.Time), Labelled("contract", store.Contract), Labelled("kit", store.Kit) }
                .Where(static fact => fact.Length > 0),
        ];
        text.Append(
            CultureInfo.InvariantCulture,
            $"<section>\n<h3>{Safe(store.Name)}</h3>\n<p class=\"{verdict}\">{Safe(store.Verdict)}</p>\n"
                + $"<p>{Safe(string.Join(", ", facts))}</p>\n<ul class=\"levels\">\n"
        );
        foreach (var level in rows.GroupBy(static row => row.Level))
        {
            var cells = level.Select(row => store.Find(row.Id)).ToArray();
            text.Append(
                CultureInfo.InvariantCulture,
                $"<li>{Safe(level.Key)}: {cells.Count(static cell => cell?.Sign == MatrixCell.PassedSign)} of {cells.Length} passed</li>\n"
            );
        }

        text.Append("</ul>\n");
        Reasons(text, store, "waived", static cell => cell.Sign == MatrixCell.WaivedSign);
        Reasons(text, store, "without a result", static cell => cell.IsWithoutResult);
        text.Append("</section>\n");
    }

    private static void Reasons(StringBuilder text, MatrixStore store, string what, Func<MatrixCell, bool> selects)
    {
        var cells = store.Cases.Where(selects).ToArray();
        if (cells.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"<details><summary>{Count(cells.Length, "case")} {what}</summary>\n<ul>\n");
        foreach (var reason in cells.GroupBy(static cell => (cell.Outcome, cell.Message)))
        {
            var ids = string.Join(", ", reason.Select(static cell => cell.Case.Id));
            var why = reason.Key.Message.Length > 0 ? reason.Key.Message : reason.Key.Outcome;
            text.Append(CultureInfo.InvariantCulture, $"<li>{Safe(ids)}: {Safe(why)}</li>\n");
        }

        text.Append("</ul></details>\n");
    }

    private static void List(StringBuilder text, string look, IEnumerable<MatrixCell> cells)
    {
        text.Append("<ul>\n");
        foreach (var cell in cells)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<li><b class=\"{look}\">{Safe(cell.Case.Id)}</b> {Safe(cell.Case.Rule)} ({Safe(cell.Outcome)}, "
                    + $"{Safe(cell.Case.Level.ToLowerInvariant())}){(cell.Message.Length > 0 ? $"<br>{Safe(cell.Message)}" : "")}</li>\n"
            );
        }

        text.Append("</ul>\n");
    }

    private static void Grid(StringBuilder text, ConformanceMatrix matrix)
    {
        var rows = matrix
            .Rows()
            .Select(row => (Case: row, Cells: matrix.Columns.Select(store => (Store: store, Cell: store.Find(row.Id))).ToArray()))
            .ToArray();
        var same = rows.Count(static row => IsSame(row.Cells));
        text.Append("<h2>Cases</h2>\n");
        text.Append(CultureInfo.InvariantCulture, $"<p>{MatrixMarkdown.Legend}</p>\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"<p><label><input type=\"checkbox\" id=\"all\"> also the {Count(same, "case")} with the same outcome for every "
                + $"store</label></p>\n"
        );
        text.Append(
            "<div class=\"grid\" tabindex=\"0\" role=\"region\" aria-label=\"Cases\">\n<table>\n<thead><tr>"
                + "<th scope=\"col\">case</th><th scope=\"col\">level</th><th scope=\"col\">rule</th>"
        );
        foreach (var store in matrix.Columns)
        {
            text.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\" class=\"cell\">{Safe(store.Name)}</th>");
        }

        text.Append("</tr></thead>\n<tbody>\n");
        foreach (var (item, cells) in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<tr{(IsSame(cells) ? " class=\"same\"" : "")}><th scope=\"row\">{Safe(item.Id)}</th><td>{Safe(item.Level)}</td>"
                    + $"<td class=\"rule\">{Safe(item.Rule)}</td>"
            );
            foreach (var (store, cell) in cells)
            {
                Cell(text, store, cell);
            }

            text.Append("</tr>\n");
        }

        text.Append("</tbody>\n</table>\n</div>\n");
    }

    // A phone shows the name of the store before the sign.
    private static void Cell(StringBuilder text, MatrixStore store, MatrixCell? cell)
    {
        var (look, title) = cell is null ? ("", "") : (Class(cell), $" title=\"{Safe($"{cell.Outcome} {cell.Message}".TrimEnd())}\"");
        text.Append(
            CultureInfo.InvariantCulture,
            $"<td class=\"{$"cell {look}".TrimEnd()}\" data-store=\"{Safe(store.Name)}\"{title}>{cell?.Sign}</td>"
        );
    }

    // A report of some cases says nothing about the others.
    private static bool IsSame((MatrixStore Store, MatrixCell? Cell)[] cells) =>
        cells.Select(static one => one.Cell).OfType<MatrixCell>().Select(static cell => cell.Outcome).Distinct().Count() <= 1
        && !Array.Exists(cells, static one => one.Cell is { IsFailure: true });

    private static string Class(MatrixCell cell) =>
        cell.IsFailure
            ? "bad"
            : cell.Sign switch
            {
                MatrixCell.PassedSign => "good",
                MatrixCell.WaivedSign or MatrixCell.InconclusiveSign => "odd",
                _ => "none",
            };

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Labelled(string label, string text) => text.Length == 0 ? "" : $"{label} {text}";

    // HtmlEncode leaves control characters, which no page may hold.
    private static string Safe(string text) => WebUtility.HtmlEncode(PrintableText.Of(text));
}
