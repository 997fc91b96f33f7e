namespace Session.Stores.File.Engine;

/// <summary>Under the name of a session lies something that is no session. Never leaves this package.</summary>
/// <param name="reason">Why, without a word of its content.</param>
/// <param name="cause">What the reader of payloads said, where it came to that.</param>
internal sealed class UnreadableFileException(string reason, SessionPayloadException? cause = null) : Exception(reason, cause);
