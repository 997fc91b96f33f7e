namespace ServerSessions;

/// <summary>
/// The names of the meter and of the activity sources, for <c>AddMeter</c> and <c>AddSource</c>. The package <c>Session.OpenTelemetry</c>
/// adds them.
/// </summary>
public static class ServerSessionTelemetry
{
    /// <summary>The meter that has the instruments of <see cref="ServerSessionMetricNames"/>.</summary>
    public const string MeterName = "ServerSessions";

    /// <summary>The source of the activities of <see cref="ServerSessionActivityNames"/> but the calls of the store.</summary>
    public const string ActivitySourceName = "ServerSessions";

    /// <summary>
    /// The source of one activity for each call of the store. Most drivers have activities of their own, so add it only to look for a
    /// fault.
    /// </summary>
    public const string StoreActivitySourceName = "ServerSessions.Store";
}
