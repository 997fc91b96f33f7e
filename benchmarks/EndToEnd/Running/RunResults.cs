using ServerSessions.Benchmarks.EndToEnd.Alone;
using ServerSessions.Benchmarks.EndToEnd.Load;

namespace ServerSessions.Benchmarks.EndToEnd.Running;

/// <summary>What is measured.</summary>
internal sealed record Subject(Setting Setting, RequestKind Kind, Backend Backend, Contender Contender)
{
    public int Sessions => Kind == RequestKind.Contended ? 1 : Setting.Sessions;
}

/// <summary>All measurements of one subject.</summary>
internal sealed class Series
{
    private readonly List<LoadResult> _results = [];

    public int Errors => _results.Sum(static result => result.Errors);

    public string? FirstError => _results.Select(static result => result.FirstError).FirstOrDefault(static error => error is not null);

    /// <summary>One error is enough: the figures are of something else then.</summary>
    public bool IsValid => _results.Count > 0 && Errors == 0 && Median > 0;

    /// <summary>The figure of each measurement, in order.</summary>
    public IEnumerable<double> RequestsPerSecond => _results.Select(static result => result.RequestsPerSecond);

    public double Median => Figures.Median(RequestsPerSecond);

    public double Min => _results.Min(static result => result.RequestsPerSecond);

    public double Max => _results.Max(static result => result.RequestsPerSecond);

    public IEnumerable<double> EachP50 => _results.Select(static result => result.P50);

    public IEnumerable<double> EachP99 => _results.Select(static result => result.P99);

    public double P50 => MedianOf(static result => result.P50);

    public double P99 => MedianOf(static result => result.P99);

    public double ServerMicroseconds => MedianOf(static result => result.ServerMicroseconds);

    /// <summary>How often a session was stored or tried to be, for each response.</summary>
    public double Attempts => MedianOf(static result => 1 + ((double)result.Conflicts / Math.Max(1, result.Answers)));

    public void Add(LoadResult result) => _results.Add(result);

    private double MedianOf(Func<LoadResult, double> figure) => Figures.Median(_results.Select(figure));
}

/// <summary>The series of a run.</summary>
internal sealed class RunResults
{
    private readonly Dictionary<Subject, Series> _series = [];

    public IEnumerable<Subject> Subjects => _series.Keys;

    /// <summary>SQLite without HTTP, one entry a repeat; empty where SQLite is not measured.</summary>
    public List<SqliteAloneResult> SqliteAlone { get; } = [];

    public Series Of(Subject subject) => _series.TryGetValue(subject, out var series) ? series : _series[subject] = new Series();

    /// <summary>
    /// How many times as fast as another contender in the same place: the median of what each repeat says, in which one follows the other,
    /// so that what changes from one minute to the next does not count. <see langword="null"/> where either was not measured or is not
    /// valid.
    /// </summary>
    public double? Ratio(Subject subject, Contender to) =>
        _series.TryGetValue(subject, out var one)
        && _series.TryGetValue(subject with { Contender = to }, out var other)
        && one.IsValid
        && other.IsValid
            ? Figures.Median(one.RequestsPerSecond.Zip(other.RequestsPerSecond, static (mine, theirs) => mine / theirs))
            : null;
}
