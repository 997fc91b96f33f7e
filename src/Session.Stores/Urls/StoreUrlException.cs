namespace ServerSessions.Stores;

/// <summary>
/// Reports a malformed connection URL. The message follows the name of an option, says what to write instead, and repeats no part of the
/// URL, because a password may be in any part of a malformed one.
/// </summary>
/// <param name="message">The message, in sentences that follow "ConnectionString".</param>
public sealed class StoreUrlException(string message) : FormatException(message);
