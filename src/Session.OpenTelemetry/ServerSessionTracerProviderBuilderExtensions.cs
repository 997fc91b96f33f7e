using ServerSessions;

// Applications look for instrumentations of traces in this namespace.
namespace OpenTelemetry.Trace;

/// <summary>Adds the traces of server sessions.</summary>
public static class ServerSessionTracerProviderBuilderExtensions
{
    /// <summary>
    /// Adds the activity source <see cref="ServerSessionTelemetry.ActivitySourceName"/>: spans of loads, commits, users' sessions and
    /// moves. Idempotent.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="storeCalls">
    /// Whether each call of the store has a span, too. Default <see langword="false"/>: the drivers' own instrumentation shows the calls.
    /// </param>
    /// <returns>The same builder.</returns>
    public static TracerProviderBuilder AddServerSessionInstrumentation(this TracerProviderBuilder builder, bool storeCalls = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddSource(ServerSessionTelemetry.ActivitySourceName);
        return storeCalls ? builder.AddSource(ServerSessionTelemetry.StoreActivitySourceName) : builder;
    }
}
