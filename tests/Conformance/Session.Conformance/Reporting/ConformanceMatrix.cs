using System.Text.Json;

namespace ServerSessions.Conformance;

/// <summary>
/// The reports of several stores side by side, with a row per case and a column per store, as Markdown and as HTML. The text does not
/// depend on durations, seeds or machines: two runs with the same outcomes give the same text.
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
    /// Adds a column for a report from <see cref="ConformanceReport.ToJson"/>, of this version of the kit or another with the same
    /// schema.
    /// </summary>
    /// <param name="json">The report.</param>
    /// <exception cref="FormatException">The text is no such report; the message says why.</exception>
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

    /// <summary>Returns the verdicts, the grid, and the waived and failed cases with their reasons.</summary>
    /// <returns>Markdown.</returns>
    public string ToMarkdown() => MatrixMarkdown.Write(this);

    /// <summary>Returns the matrix as one HTML page that needs no other file.</summary>
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
