using System.Text.Json;

namespace ServerSessions.Conformance;

/// <summary>A row of the matrix.</summary>
internal sealed record MatrixCase(string Id, string Level, string Rule);

/// <summary>What a store did with a case. An outcome of a later kit is kept as the word it is.</summary>
internal sealed record MatrixCell(MatrixCase Case, string Outcome, string Message)
{
    public const string PassedSign = "✓";

    public const string WaivedSign = "w";

    public const string InconclusiveSign = "?";

    public bool IsFailure =>
        Outcome
            is not (
                nameof(CaseOutcome.Passed)
                or nameof(CaseOutcome.Waived)
                or nameof(CaseOutcome.Inconclusive)
                or nameof(CaseOutcome.NotDeclared)
                or nameof(CaseOutcome.Untested)
            );

    public bool IsWithoutResult => !IsFailure && Sign is not (PassedSign or WaivedSign);

    /// <summary>The sign in the cell: a letter or symbol, so that the meaning does not depend on colour.</summary>
    public string Sign =>
        Outcome switch
        {
            nameof(CaseOutcome.Passed) => PassedSign,
            nameof(CaseOutcome.Waived) => WaivedSign,
            nameof(CaseOutcome.Inconclusive) => InconclusiveSign,
            nameof(CaseOutcome.NotDeclared) => "–",
            nameof(CaseOutcome.Untested) => "·",
            _ => "✗",
        };
}

/// <summary>A column of the matrix.</summary>
internal sealed record MatrixStore(
    string GivenName,
    string Name,
    string Backend,
    string Time,
    string Contract,
    string Kit,
    string Verdict,
    bool Conforms,
    IReadOnlyList<MatrixCell> Cases
)
{
    public MatrixCell? Find(string id) => Cases.FirstOrDefault(cell => cell.Case.Id == id);

    public static MatrixStore Read(JsonElement report)
    {
        if (
            report.ValueKind != JsonValueKind.Object
            || !report.TryGetProperty("schema", out var schema)
            || !report.TryGetProperty("cases", out var cases)
            || cases.ValueKind != JsonValueKind.Array
        )
        {
            throw new FormatException("It is no report of the conformance kit: it has no members \"schema\" and \"cases\".");
        }

        if (schema.ValueKind != JsonValueKind.Number || !schema.TryGetInt32(out var number) || number != JsonReport.Schema)
        {
            throw new FormatException($"It is a report of schema {schema}, and this version of the kit reads schema {JsonReport.Schema}.");
        }

        var name = PrintableText.Line(Text(report, "store"));
        return new MatrixStore(
            name,
            name,
            Text(report, "backend"),
            Text(report, "time"),
            Text(report, "contract"),
            Text(report, "kit"),
            Text(report, "verdict"),
            report.TryGetProperty("conforms", out var conforms) && conforms.ValueKind == JsonValueKind.True,
            [.. cases.EnumerateArray().Select(Cell)]
        );
    }

    // A report that is checked in holds outcomes only: level and rule are in the catalogue, and the reason is called why.
    private static MatrixCell Cell(JsonElement item)
    {
        var known = ConformanceCatalogue.Find(Text(item, "id"));
        return new MatrixCell(
            new MatrixCase(
                Text(item, "id"),
                Text(item, "level") is { Length: > 0 } level ? level : $"{known?.Level}",
                Text(item, "rule") is { Length: > 0 } rule ? rule : known?.Rule ?? ""
            ),
            Text(item, "outcome"),
            Text(item, "message") is { Length: > 0 } message ? message : Text(item, "why")
        );
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? PrintableText.Of(value.GetString()!)
            : "";
}
