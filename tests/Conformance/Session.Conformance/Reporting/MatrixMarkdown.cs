using System.Globalization;
using System.Text;

namespace ServerSessions.Conformance;

/// <summary>The matrix as Markdown.</summary>
internal static class MatrixMarkdown
{
    public const string Legend = "✓ passed, ✗ failed, w waived with a reason, – not declared, · untested, ? inconclusive.";

    public static string Write(ConformanceMatrix matrix)
    {
        // Reports that are checked in do not say which version of a backend they were made on.
        var backends = matrix.Columns.Any(static store => store.Backend.Length > 0);
        var text = new StringBuilder(
            backends
                ? "| store | backend | time | contract | verdict |\n| --- | --- | --- | --- | --- |\n"
                : "| store | time | contract | verdict |\n| --- | --- | --- | --- |\n"
        );
        foreach (var store in matrix.Columns)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {Cell(store.Name)} |{(backends ? $" {Cell(store.Backend)} |" : "")} {Cell(store.Time)} | {Cell(store.Contract)} | "
                    + $"{Cell(store.Verdict)} |\n"
            );
        }

        text.Append(CultureInfo.InvariantCulture, $"\n{Legend}\n\n| case | level | rule |");
        foreach (var store in matrix.Columns)
        {
            text.Append(CultureInfo.InvariantCulture, $" {Cell(store.Name)} |");
        }

        text.Append("\n| --- | --- | --- |").Insert(text.Length, " :-: |", matrix.Columns.Count).Append('\n');
        foreach (var item in matrix.Rows())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(item.Id)} | {Cell(item.Level)} | {Cell(item.Rule)} |");
            foreach (var store in matrix.Columns)
            {
                text.Append(CultureInfo.InvariantCulture, $" {store.Find(item.Id)?.Sign} |");
            }

            text.Append('\n');
        }

        Notes(text, matrix);
        return text.ToString();
    }

    private static void Notes(StringBuilder text, ConformanceMatrix matrix)
    {
        var any = false;
        foreach (var store in matrix.Columns)
        {
            foreach (var cell in store.Cases.Where(static cell => cell.IsFailure || cell.Sign == MatrixCell.WaivedSign))
            {
                text.Append(any ? "" : "\n| store | case | outcome | why |\n| --- | --- | --- | --- |\n");
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {Cell(store.Name)} | {Cell(cell.Case.Id)} | {Cell(cell.Outcome)} | {Cell(cell.Message)} |\n"
                );
                any = true;
            }
        }
    }

    private static string Cell(string text) => MarkdownText.Inline(text);
}
