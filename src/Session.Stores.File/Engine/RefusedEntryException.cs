namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// What lies in the folder is not to be trusted: others could have put it there or change it. It is left as it is. Never leaves this
/// package.
/// </summary>
/// <param name="reason">Why, and what to do, without a file's name.</param>
internal sealed class RefusedEntryException(string reason) : Exception(reason);
