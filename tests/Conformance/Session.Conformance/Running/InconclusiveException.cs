namespace ServerSessions.Conformance;

/// <summary>The machine was too slow for the short life of a session: what was seen proves nothing.</summary>
internal sealed class InconclusiveException()
    : Exception("The machine was too slow: the session had expired before the result arrived, so the result proves nothing.");
