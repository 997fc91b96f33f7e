namespace ServerSessions.Conformance;

/// <summary>The case needs something that the store or the harness does not offer.</summary>
internal sealed class NotOfferedException(string what) : Exception(what);
