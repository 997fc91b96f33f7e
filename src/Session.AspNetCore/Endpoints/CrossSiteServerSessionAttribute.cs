namespace ServerSessions;

/// <summary>
/// Sets what happens to a request from another site that could change something. Overrides <see cref="ServerSessionOptions.CrossSite"/>
/// for the endpoint. Use <see cref="SessionCrossSite.Allow"/> for a callback that another site posts to.
/// </summary>
/// <param name="crossSite">What happens.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false, Inherited = true)]
public sealed class CrossSiteServerSessionAttribute(SessionCrossSite crossSite) : Attribute, IServerSessionMetadata
{
    /// <summary>What happens.</summary>
    public SessionCrossSite CrossSite { get; } =
        Enum.IsDefined(crossSite)
            ? crossSite
            : throw new ArgumentOutOfRangeException(nameof(crossSite), crossSite, "The value must be Allow, WithoutSession or Refuse.");

    SessionCrossSite? IServerSessionMetadata.CrossSite => CrossSite;

    /// <summary>Returns the name of the attribute and its value, for debuggers.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"CrossSiteServerSession({CrossSite})";
}
