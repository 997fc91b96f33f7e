using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerSessions.Conformance.FirstParty;

/// <summary>
/// How every case ended for one store, and nothing that differs from run to run or from machine to machine. Checked in as
/// <c>docs/conformance/NAME.json</c>.
/// </summary>
/// <param name="Store">The store's name.</param>
/// <param name="Time">Whose clock decided.</param>
/// <param name="Verdict">The verdict in one sentence.</param>
/// <param name="Conforms">Whether the store conforms.</param>
/// <param name="LeftOut">What its harness does not offer, and why.</param>
/// <param name="Cases">The cases, in the order of the catalogue.</param>
public sealed record StoreOutcomes(
    string Store,
    StoreTime Time,
    string Verdict,
    bool Conforms,
    SortedDictionary<string, string> LeftOut,
    IReadOnlyList<StoreOutcome> Cases
)
{
    /// <summary>The schema of reports that the matrix of the kit reads.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = 1;

    /// <summary>Set to 1, what is generated is written rather than compared.</summary>
    public const string UpdateVariable = "SESSION_UPDATE_GENERATED";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Whether what is generated is to be written.</summary>
    [JsonIgnore]
    public static bool Updates => Environment.GetEnvironmentVariable(UpdateVariable) == "1";

    /// <summary>The folder of the repository.</summary>
    [JsonIgnore]
    public static string Root { get; } =
        typeof(StoreOutcomes)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "RepositoryRoot")
            .Value!;

    /// <summary>The folder with the files.</summary>
    [JsonIgnore]
    public static string Folder { get; } = Path.Combine(Root, "docs", "conformance");

    /// <summary>The name of the file.</summary>
    [JsonIgnore]
    public string FileName => Store.ToLowerInvariant() + ".json";

    private string FilePath => Path.Combine(Folder, FileName);

    /// <summary>What a report comes to.</summary>
    public static StoreOutcomes Of(ConformanceReport report, IReadOnlyDictionary<string, string> leftOut)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new StoreOutcomes(
            report.StoreName,
            report.Time,
            report.Verdict,
            report.Conforms,
            new SortedDictionary<string, string>(leftOut.ToDictionary(), StringComparer.Ordinal),
            [
                .. report.Results.Select(static result => new StoreOutcome(
                    result.Case.Id,
                    result.Outcome,
                    result.Outcome is CaseOutcome.NotDeclared or CaseOutcome.Untested ? result.Message : null
                )),
            ]
        );
    }

    /// <summary>All that are checked in, by name.</summary>
    public static IReadOnlyList<StoreOutcomes> ReadAll() =>
        [
            .. Directory
                .EnumerateFiles(Folder, "*.json")
                .Order(StringComparer.Ordinal)
                .Select(static file => JsonSerializer.Deserialize<StoreOutcomes>(File.ReadAllText(file), Json)!),
        ];

    /// <summary>Whether these are the ones that are checked in.</summary>
    public static async Task<bool> IsStoredAsync(StoreOutcomes seen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return File.Exists(seen.FilePath)
            && (await File.ReadAllTextAsync(seen.FilePath, cancellationToken)).ReplaceLineEndings("\n") == seen.ToJson();
    }

    /// <summary>Writes the file.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(FilePath, ToJson(), cancellationToken);
    }

    /// <summary>The same as a report of the kit, in its schema 1, without what differs from run to run: for the matrix.</summary>
    public string ToReport()
    {
        var rules = ConformanceCatalogue.Cases.ToDictionary(static item => item.Id, StringComparer.Ordinal);
        return JsonSerializer.Serialize(
            new
            {
                Schema = 1,
                Contract = ConformanceCatalogue.ContractVersion,
                Store,
                Time,
                Verdict,
                Conforms,
                Cases = Cases
                    .Where(result => rules.ContainsKey(result.Id))
                    .Select(result => new
                    {
                        result.Id,
                        rules[result.Id].Level,
                        rules[result.Id].Rule,
                        result.Outcome,
                        Message = result.Why,
                    }),
            },
            Json
        );
    }

    private string ToJson() => JsonSerializer.Serialize(this, Json).ReplaceLineEndings("\n") + "\n";
}

/// <summary>How one case ended.</summary>
/// <param name="Id">The case.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Why">Why it was not run; otherwise <see langword="null"/>.</param>
public sealed record StoreOutcome(string Id, CaseOutcome Outcome, string? Why);
