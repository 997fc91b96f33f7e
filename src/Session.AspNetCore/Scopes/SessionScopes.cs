using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Opens sessions outside of requests. A reference lives longer than secrets and payload keys, so it opens sessions with the latest ones.
/// </summary>
internal sealed class SessionScopes(
    SessionStart start,
    SessionFactory factory,
    SessionLoader loader,
    ScopeCommit commit,
    SessionWatch watch,
    string backend,
    Latest<SessionScopes> latest
)
{
    /// <summary>The object with the secrets and keys that were reloaded last.</summary>
    public SessionScopes Current => latest.Other(this) ?? this;

    public string Backend => backend;

    public ServerSessionReference NewReference(string sid) => new(sid, this);

    /// <inheritdoc cref="ServerSessionReference.FindAsync"/>
    public async ValueTask<ServerSessionScope?> FindAsync(string sid, CancellationToken cancellationToken)
    {
        var request = new RequestSession(new DefaultHttpContext())
        {
            Rules = EndpointRules.NotExtended,
            IsPastHeaders = true,
            HasNoResponse = true,
        };
        await start.ReadAsync(request, sid, cancellationToken);
        return request.State is null ? null : new ServerSessionScope(request, start.NewSession(request), commit);
    }

    /// <inheritdoc cref="ServerSessionReference.Watch"/>
    public IDisposable Watch(string sid, Action close) => watch.Add(factory.StoreKeyOf(sid), close);

    /// <summary>Reads what is stored under a key, without extending it.</summary>
    public ValueTask<SessionReading> LookAsync(string key, CancellationToken cancellationToken) => loader.LookAsync(key, cancellationToken);
}
