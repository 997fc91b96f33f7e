namespace ServerSessions.Conformance;

/// <summary>
/// A case that the store is known not to keep, and why. It still runs: a waiver that has become unnecessary is reported as stale and
/// counts as a failure.
/// </summary>
/// <param name="CaseId">The case: <c>IDS-05</c>.</param>
/// <param name="Reason">Why, for the readers of the report; may hold a link.</param>
public sealed record Waiver(string CaseId, string Reason);
