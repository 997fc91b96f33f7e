namespace ServerSessions;

/// <summary>
/// Metadata of an endpoint that says how its requests use their session. The attributes <c>[DisableServerSession]</c>,
/// <c>[EnableServerSession]</c>, <c>[ReadOnlyServerSession]</c>, <c>[RequireServerSession]</c>, <c>[DoNotExtendServerSession]</c> and
/// <c>[CrossSiteServerSession]</c> implement it, and the methods of route groups and endpoints with these names add them.
/// </summary>
/// <remarks>
/// A member that is <see langword="null"/> says nothing. For each member the last metadata counts that says something: an endpoint
/// overrides its group, an action its controller. <c>UseServerSessions()</c> must run after routing and before the endpoint. Otherwise an
/// endpoint with this metadata throws <see cref="InvalidOperationException"/>. A later version adds members only with default
/// implementations.
/// </remarks>
public interface IServerSessionMetadata
{
    /// <summary>
    /// Whether requests have a session. With <see langword="false"/> the store is not called, no cookie is sent, and
    /// <c>GetServerSession()</c> throws; an earlier <see cref="IsRequired"/> no longer counts. The default is <see langword="true"/>,
    /// except for static assets and health checks.
    /// </summary>
    bool? IsEnabled => null;

    /// <summary>
    /// Whether the session can only be read. Every operation that changes it then throws, and nothing is stored. Its expiry moves, unless
    /// <see cref="IsExtended"/> is <see langword="false"/>. The default is <see langword="false"/>.
    /// </summary>
    bool? IsReadOnly => null;

    /// <summary>
    /// Whether the endpoint runs only for requests whose session exists in the store. Other requests get the status of
    /// <see cref="ServerSessionOptions.WhenMissing"/>. <see langword="true"/> also enables the session. The default is
    /// <see langword="false"/>.
    /// </summary>
    bool? IsRequired => null;

    /// <summary>
    /// The name of the sessions that <see cref="IsRequired"/> requires, if the application has several kinds. The default is
    /// <see langword="null"/>: the session of <c>GetServerSession()</c>. The other members are about the sessions of all names.
    /// </summary>
    string? Name => null;

    /// <summary>
    /// Whether a request extends the session. With <see langword="false"/> its expiry and its cookie stay as they are, unless the request
    /// calls <see cref="ServerSession.Touch"/> or gives it a new id. The default is <see langword="true"/>.
    /// </summary>
    bool? IsExtended => null;

    /// <summary>
    /// What happens to a request from another site. The default is <see langword="null"/>: <see cref="ServerSessionOptions.CrossSite"/>.
    /// </summary>
    SessionCrossSite? CrossSite => null;
}
