namespace ServerSessions.Stores.File.Connection;

/// <summary>
/// An entry of the folder is not trusted, because other users could have created it or can change it. It is left unchanged. Never leaves
/// this package.
/// </summary>
/// <param name="reason">The reason and what to do, without a file name.</param>
internal sealed class RefusedEntryException(string reason) : Exception(reason);
