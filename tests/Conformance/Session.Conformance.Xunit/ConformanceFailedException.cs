namespace ServerSessions.Conformance.Xunit;

/// <summary>
/// Marks an exception as a failed assertion. xunit looks for an interface of this name, so that assertion libraries need not reference it.
/// </summary>
internal interface IAssertionException;

/// <summary>A case has failed; the message is its explanation.</summary>
internal sealed class ConformanceFailedException(string message) : Exception("\n" + message), IAssertionException;

/// <summary>A case was not run. xunit reports what starts with this text as skipped.</summary>
internal sealed class ConformanceSkippedException(string reason) : Exception("$XunitDynamicSkip$" + reason);
