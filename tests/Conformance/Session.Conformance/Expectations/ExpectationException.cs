namespace ServerSessions.Conformance;

/// <summary>Ends a case that cannot go on after what it has found.</summary>
internal sealed class ExpectationException() : Exception("An expectation was not met.");
