using ServerSessions.Benchmarks.EndToEnd.Alone;
using ServerSessions.Benchmarks.EndToEnd.Contended;
using ServerSessions.Benchmarks.EndToEnd.Load;

namespace ServerSessions.Benchmarks.EndToEnd.Running;

/// <summary>What is measured.</summary>
internal sealed record Subject(Setting Setting, RequestKind Kind, Backend Backend, Contender Contender)
{
    public bool IsDelayed => Setting.Delay > 0;
}

/// <summary>All measurements of one subject.</summary>
internal sealed class Series
{
    private readonly List<LoadResult> _results = [];

    public int Errors => _results.Sum(static result => result.Errors);

    public string? FirstError => _results.Select(static result => result.FirstError).FirstOrDefault(static error => error is not null);

    public bool IsMeasured => _results.Count > 0;

    /// <summary>One error is enough: the figures are of something else then.</summary>
    public bool IsValid => IsMeasured && Errors == 0 && Median > 0;

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

    /// <summary>One session for all connections, by backend, processes and connections.</summary>
    public List<ContentionRow> Contention { get; } = [];

    /// <summary>What a delayed round trip takes longer than one without delay; none if nothing is delayed.</summary>
    public TimeSpan? MeasuredDelay { get; set; }

    public bool AllValid => _series.Values.All(static series => series.IsValid) && Contention.TrueForAll(static row => row.Load.IsValid);

    public void Add(Subject subject, LoadResult result)
    {
        if (!_series.TryGetValue(subject, out var series))
        {
            _series[subject] = series = new Series();
        }

        series.Add(result);
    }

    /// <summary>The measurements of a subject, which are not valid if there are none.</summary>
    public Series Of(Subject subject) => _series.GetValueOrDefault(subject) ?? new Series();

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
