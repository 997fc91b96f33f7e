using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// The sessions of the request that opened a hub's connection. Kept in <see cref="HttpContext.Items"/>: over long polling a hub has a copy
/// of the first request, with its items and without its features.
/// </summary>
internal sealed class ConnectionSessions
{
    private static readonly object Key = new();

    private readonly List<ConnectionSession> _sessions = [];

    /// <summary>Returns the sessions of a connection; <see langword="null"/> if the middleware has not run for its hub.</summary>
    public static ConnectionSessions? Of(HttpContext context) =>
        IsHub(context) && context.Items.TryGetValue(Key, out var sessions) ? (ConnectionSessions?)sessions : null;

    /// <summary>Keeps the session of a request to a hub. Does nothing if the endpoint is no hub.</summary>
    public static void Add(HttpContext context, SessionFeature feature, string name)
    {
        if (IsHub(context))
        {
            var sessions = Of(context) ?? new ConnectionSessions();
            context.Items[Key] = sessions;
            sessions._sessions.Add(new ConnectionSession(name, feature));
        }
    }

    /// <summary>Called when a request to a hub ends: the connection keeps a reference to the session, and not the request.</summary>
    public void Complete(SessionFeature feature) => _sessions.Find(session => session.IsOf(feature))?.Complete();

    /// <summary>Finds the session of a name.</summary>
    /// <param name="name">The name; empty for the sessions without one.</param>
    /// <param name="reference">The reference; <see langword="null"/> if the request came without a session.</param>
    /// <returns>Whether the middleware of this name has run.</returns>
    public bool TryFind(string name, out ServerSessionReference? reference)
    {
        var session = _sessions.Find(session => session.Name == name);
        reference = session?.Reference;
        return session is not null;
    }

    /// <summary>Whether a request is one of a hub: its negotiation, its connection, or one of its polls.</summary>
    public static bool IsHub(HttpContext context) => context.GetEndpoint() is { } endpoint && EndpointRulesReader.IsHub(endpoint);
}

/// <summary>The session of a request to a hub, also after the request has ended.</summary>
internal sealed class ConnectionSession(string name, SessionFeature feature)
{
    private volatile SessionFeature? _feature = feature;
    private ServerSessionReference? _reference;

    public string Name => name;

    public ServerSessionReference? Reference => _feature is { } running ? running.NewReference() : _reference;

    public bool IsOf(SessionFeature other) => ReferenceEquals(_feature, other);

    public void Complete() => (_reference, _feature) = (Reference, null);
}
