namespace ServerSessions;

/// <summary>What the dashboard shows, and whether it may end sessions; see <c>AddSessionDashboard</c>.</summary>
public sealed class SessionDashboardOptions
{
    /// <summary>The largest value of <see cref="MaxSamples"/>: 10,000.</summary>
    public const int LargestMaxSamples = 10_000;

    /// <summary>Gets or sets the heading of each page: which application or environment it is.</summary>
    /// <value>The default is <c>Sessions</c>.</value>
    public string Title { get; set; } = "Sessions";

    /// <summary>
    /// Gets or sets whether sessions cannot be ended here. Then there is no button for it, and a request for it is refused.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool IsReadOnly { get; set; }

    /// <summary>
    /// Gets or sets how often the sessions are counted for the chart, from the start of the application on, if the dashboard is mapped.
    /// After a count that took long, the next one waits for at least twenty times as long.
    /// </summary>
    /// <value>At least one second. The default is one minute.</value>
    public TimeSpan SampleInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets how many counts are kept in memory.</summary>
    /// <value>2 to 10,000. The default is 360: six hours with the default interval.</value>
    public int MaxSamples { get; set; } = 360;
}
