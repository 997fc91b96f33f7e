namespace ServerSessions.Conformance;

/// <summary>The machine was too slow for the short life of a session: what was seen proves nothing.</summary>
internal sealed class InconclusiveException()
    : Exception("The machine was too slow: the session had ended by the clock before the answer was there, so the answer proves nothing.");
