namespace ServerSessions.Conformance;

/// <summary>
/// A case that the store is known to break, with the reason. The case still runs: if it passes, the waiver is reported as stale and
/// counts as a failure. In <see cref="SessionStoreHarness.NotTried"/>: a case that cannot be tried, with the reason.
/// </summary>
/// <param name="CaseId">The id of the case: <c>IDS-05</c>.</param>
/// <param name="Reason">The reason, for the readers of the report. It may contain a link.</param>
public sealed record Waiver(string CaseId, string Reason);
