using ServerSessions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Says of endpoints and route groups how their requests use the session.</summary>
public static class ServerSessionEndpointConventionBuilderExtensions
{
    // Metadata without a value of its own is the same for all endpoints.
    private static readonly DisableServerSessionAttribute Disabled = new();
    private static readonly EnableServerSessionAttribute Enabled = new();
    private static readonly ReadOnlyServerSessionAttribute ReadOnly = new();
    private static readonly RequireServerSessionAttribute Required = new();
    private static readonly DoNotExtendServerSessionAttribute NotExtended = new();

    /// <inheritdoc cref="DisableServerSessionAttribute" path="/summary"/>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint or group.</param>
    /// <returns>The same builder.</returns>
    public static TBuilder DisableServerSession<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(Disabled);

    /// <inheritdoc cref="EnableServerSessionAttribute" path="/summary"/>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint or group.</param>
    /// <returns>The same builder.</returns>
    public static TBuilder EnableServerSession<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(Enabled);

    /// <inheritdoc cref="ReadOnlyServerSessionAttribute" path="/summary"/>
    /// <inheritdoc cref="ReadOnlyServerSessionAttribute" path="/remarks"/>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint or group.</param>
    /// <returns>The same builder.</returns>
    public static TBuilder ReadOnlyServerSession<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(ReadOnly);

    /// <inheritdoc cref="RequireServerSessionAttribute" path="/summary"/>
    /// <inheritdoc cref="RequireServerSessionAttribute" path="/remarks"/>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint or group.</param>
    /// <returns>The same builder.</returns>
    public static TBuilder RequireServerSession<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(Required);

    /// <inheritdoc cref="RequireServerSession{TBuilder}(TBuilder)"/>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="name">The name of the sessions; empty for those without one.</param>
    public static TBuilder RequireServerSession<TBuilder>(this TBuilder builder, string name)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(name);
        return builder.WithMetadata(new RequireServerSessionAttribute { Name = name });
    }

    /// <inheritdoc cref="DoNotExtendServerSessionAttribute" path="/summary"/>
    /// <inheritdoc cref="DoNotExtendServerSessionAttribute" path="/remarks"/>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint or group.</param>
    /// <returns>The same builder.</returns>
    public static TBuilder DoNotExtendServerSession<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(NotExtended);

    /// <inheritdoc cref="CrossSiteServerSessionAttribute" path="/summary"/>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="crossSite">What happens.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="crossSite"/> is not a value of the enum.</exception>
    public static TBuilder CrossSiteServerSession<TBuilder>(this TBuilder builder, SessionCrossSite crossSite)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new CrossSiteServerSessionAttribute(crossSite));
}
