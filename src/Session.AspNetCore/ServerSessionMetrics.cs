using System.Diagnostics.Metrics;

namespace ServerSessions;

/// <summary>The metrics for operators, of the meter <c>ServerSessions</c>.</summary>
internal sealed class ServerSessionMetrics
{
    private const string MeterName = "ServerSessions";

    private readonly Counter<long> _conflicts;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _crossSite;

    public ServerSessionMetrics(IMeterFactory meterFactory)
    {
        var meter = meterFactory.Create(MeterName);
        _conflicts = meter.CreateCounter<long>(
            "server_session.write.conflicts",
            "{conflict}",
            "Writes of a session that another request had changed, and that were merged."
        );
        _dropped = meter.CreateCounter<long>(
            "server_session.write.dropped",
            "{session}",
            "Writes that were dropped because the session was destroyed or expired in the meantime."
        );
        _failures = meter.CreateCounter<long>(
            "server_session.store.failures",
            "{failure}",
            "Requests whose session could not be read, saved, touched, regenerated or destroyed, by backend and operation."
        );
        _refused = meter.CreateCounter<long>(
            "server_session.load.refused",
            "{session}",
            "Stored sessions that must be encrypted and could not be decrypted."
        );
        _crossSite = meter.CreateCounter<long>(
            "server_session.cross_site.refused",
            "{request}",
            "Requests from other sites that were refused or got no session."
        );
    }

    public void Conflict() => _conflicts.Add(1);

    public void Dropped() => _dropped.Add(1);

    public void Failure(string backend, string operation) =>
        _failures.Add(1, new KeyValuePair<string, object?>("backend", backend), new KeyValuePair<string, object?>("operation", operation));

    public void Refused() => _refused.Add(1);

    public void RefusedCrossSite() => _crossSite.Add(1);
}
