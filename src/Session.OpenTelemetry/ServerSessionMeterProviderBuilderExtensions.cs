using ServerSessions;

// Applications look for instrumentations of metrics in this namespace.
namespace OpenTelemetry.Metrics;

/// <summary>Adds the metrics of server sessions.</summary>
public static class ServerSessionMeterProviderBuilderExtensions
{
    /// <summary>
    /// Adds the meter <see cref="ServerSessionTelemetry.MeterName"/> with the instruments of <see cref="ServerSessionMetricNames"/>. The
    /// buckets of the histograms come with the instruments. Idempotent.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static MeterProviderBuilder AddServerSessionInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(ServerSessionTelemetry.MeterName);
    }
}
