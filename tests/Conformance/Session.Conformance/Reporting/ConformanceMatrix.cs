using System.Text.Json;

namespace ServerSessions.Conformance;

/// <summary>
/// The reports of several stores side by side, a row for each case and a column for each store, as Markdown and as a page of HTML. What it
/// shows does not depend on durations, seeds or machines: two runs with the same outcomes give the same texts.
/// </summary>
public sealed class ConformanceMatrix
{
    private readonly List<MatrixStore> _stores = [];

    /// <summary>The names of the stores, in the order of the columns.</summary>
    public IReadOnlyList<string> Stores => [.. _stores.Select(static store => store.Name)];

    internal IReadOnlyList<MatrixStore> Columns => _stores;

    /// <summary>Adds a column for a report.</summary>
    /// <param name="report">The report.</param>
    public void Add(ConformanceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        AddJson(report.ToJson());
    }

    /// <summary>
    /// Adds a column for a report that was written with <see cref="ConformanceReport.ToJson"/>, by this version of the kit or another of
    /// the same schema.
    /// </summary>
    /// <param name="json">The report.</param>
    /// <exception cref="FormatException">It is no such report; the message says why.</exception>
    public void AddJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        MatrixStore store;
        try
        {
            using var document = JsonDocument.Parse(json);
            store = MatrixStore.Read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new FormatException($"It is not JSON: {error.Message}", error);
        }

        var same = _stores.Count(other => other.GivenName == store.GivenName);
        _stores.Add(same == 0 ? store : store with { Name = $"{store.GivenName} ({same + 1})" });
    }

    /// <summary>Verdicts, then the grid, then what was waived or failed with the reasons.</summary>
    /// <returns>Markdown.</returns>
    public string ToMarkdown() => MatrixMarkdown.Write(this);

    /// <summary>The same as a page that needs no other file.</summary>
    /// <returns>HTML.</returns>
    public string ToHtml() => MatrixHtml.Write(this);

    /// <summary>The rows: the cases of this kit in its order, then those of other versions.</summary>
    internal IReadOnlyList<MatrixCase> Rows()
    {
        var rows = _stores.SelectMany(static store => store.Cases).Select(static cell => cell.Case).DistinctBy(static item => item.Id);
        var order = ConformanceCatalogue
            .Cases.Select(static (item, index) => (item.Id, index))
            .ToDictionary(static pair => pair.Id, static pair => pair.index, StringComparer.Ordinal);
        return [.. rows.OrderBy(item => order.GetValueOrDefault(item.Id, int.MaxValue))];
    }
}
