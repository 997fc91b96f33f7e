using System.Net.Sockets;
using MongoDB.Driver;

namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>
/// Converts errors of the driver to exceptions of the contract: what was tried, what went wrong, what to do. Attaches only errors of the
/// connection as the cause: a server's error about a statement can repeat ids and sessions.
/// </summary>
/// <param name="description">The name of the collection in messages.</param>
/// <param name="quotesDriver">Whether errors of the connection are attached.</param>
internal sealed class MongoFailures(string description, bool quotesDriver)
{
    private const string Backend = MongoSessionStore.BackendName;

    /// <param name="error">The exception of the driver.</param>
    /// <param name="operation">The operation that failed.</param>
    /// <param name="behind">A reason for having no connection that the driver did not throw, if known.</param>
    public SessionStoreException From(Exception error, SessionStoreOperation operation, Exception? behind = null) =>
        error switch
        {
            _ when (TlsTrouble.Of(error) ?? TlsTrouble.Of(behind)) is { } trouble => Permanent(operation, trouble),
            UnwritableSessionException => Permanent(operation, $"{error.Message}. Nothing was written."),
            UnreadableSessionException => Permanent(operation, $"{error.Message}. Remove or repair the document."),
            MongoAuthenticationException => Permanent(
                operation,
                "the server refused the user name or the password. Correct the connection string, or create the user (authSource names "
                    + "its database).",
                error
            ),
            MongoNotPrimaryException or MongoNodeIsRecoveringException => Unavailable(
                operation,
                "the server is not (or not yet) the primary of its replica set, or is shutting down. A write may or may not have "
                    + "taken effect. Try again."
            ),
            MongoExecutionTimeoutException => Unavailable(operation, "the server gave up after its time limit. Try again."),
            MongoWriteException write => FromWrite(operation, write.WriteError?.Code, write.WriteConcernError?.Code),
            MongoBulkWriteException bulk => FromWrite(
                operation,
                bulk.WriteErrors is [var first, ..] ? first.Code : null,
                bulk.WriteConcernError?.Code
            ),
            MongoWriteConcernException concern => FromWrite(
                operation,
                null,
                concern.WriteConcernResult?.Response?.GetValue("code", 0).ToInt32() ?? concern.Code
            ),
            MongoCommandException command => FromCommand(operation, command.Code, command.CodeName),
            MongoWaitQueueFullException => Unavailable(
                operation,
                "more calls wait for a connection than the client's pool allows. Nothing was written. Raise maxPoolSize of the client that "
                    + "was passed in.",
                error
            ),
            MongoConnectionException or MongoConnectionPoolPausedException or TimeoutException or IOException or SocketException =>
                Unavailable(
                    operation,
                    "no server could be reached, or the connection was lost; a write may or may not have taken effect. Check that the "
                        + "server runs and can be reached from here, and whether it expects TLS (tls=true).",
                    error
                ),
            MongoConfigurationException or MongoIncompatibleDriverException => Permanent(
                operation,
                "the connection string and the server do not go together. See the inner exception, and correct the connection string.",
                error
            ),
            ObjectDisposedException => Permanent(
                operation,
                "the client was disposed, though the store is in use. Dispose the client after the store.",
                error
            ),
            _ => Permanent(operation, $"{error.GetType().Name}. Check that the collection holds sessions, and nothing else."),
        };

    public SessionStoreException TimedOut(SessionStoreOperation operation, TimeSpan waited) =>
        Unavailable(
            operation,
            $"there was no reply within {waited.TotalSeconds:0.0##} s (OperationTimeout). A write may still take "
                + $"effect. Check the server and the network to it."
        );

    public SessionStoreException Contended(SessionStoreOperation operation) =>
        Unavailable(operation, "other calls created and removed the same session at each attempt. Nothing was written. Try again.");

    public SessionStoreException Layout(string problem) =>
        new($"Could not use {description}: {problem}", SessionStoreOperation.Open, Backend, isTransient: false);

    private SessionStoreException FromWrite(SessionStoreOperation operation, int? error, int? concern) =>
        (error, concern) switch
        {
            (not null, _) => FromCommand(operation, error.Value, null),
            (_, 64) => Unavailable(
                operation,
                "the write was done, but too few members confirmed it within the time of the write concern."
            ),
            (_, 100) => Permanent(operation, "the replica set has fewer members than the write concern requires. Lower w, or add members."),
            _ => Unavailable(operation, $"the write was done, but not as the write concern requires (error {concern})."),
        };

    private SessionStoreException FromCommand(SessionStoreOperation operation, int code, string? name) =>
        code switch
        {
            13 => Permanent(
                operation,
                "the user lacks the right. Grant the role readWrite on the database, or the actions that the store's README "
                    + "lists."
            ),
            18 => Permanent(operation, "the server refused the user name or the password. Correct the connection string."),
            50 or 262 => Unavailable(operation, "the server gave up after its time limit. Try again."),
            6 or 7 or 89 or 91 or 189 or 9001 or 10107 or 11600 or 11602 or 13435 or 13436 => Unavailable(
                operation,
                $"the server is shutting down, or is no longer the primary (error {code}). A write may or may not have taken effect. "
                    + $"Try again."
            ),
            52 or 55 or 57 => Permanent(
                operation,
                "a key in the session starts with '$' or has a dot, which servers before MongoDB 5.0 refuse in documents. Use "
                    + "MongoSessionFormat.Text."
            ),
            121 => Permanent(
                operation,
                "the collection's validation rules refused the document. Remove them; connect-mongo's collection has none."
            ),
            10334 or 17280 or 17419 or 17420 => Permanent(
                operation,
                "the session is larger than the 16 MB that MongoDB stores in one document. Store less in it."
            ),
            14031 => Permanent(operation, "the server's disk is full. Nothing was written."),
            _ => Permanent(
                operation,
                $"the server replied with error {code}{(string.IsNullOrEmpty(name) ? "" : $" ({name})")}. Its text may repeat ids and "
                    + "is not shown. See the server's log."
            ),
        };

    private SessionStoreException Permanent(SessionStoreOperation operation, string reason, Exception? cause = null) =>
        new(Message(operation, reason), operation, Backend, isTransient: false, quotesDriver ? cause : null);

    private SessionStoreUnavailableException Unavailable(SessionStoreOperation operation, string reason, Exception? cause = null) =>
        new(Message(operation, reason), operation, Backend, quotesDriver ? cause : null);

    private string Message(SessionStoreOperation operation, string reason) => $"Could not {Attempt(operation)} {description}: {reason}";

    private static string Attempt(SessionStoreOperation operation) =>
        operation switch
        {
            SessionStoreOperation.Get => "read a session from",
            SessionStoreOperation.Set or SessionStoreOperation.TrySet => "store a session in",
            SessionStoreOperation.Destroy => "destroy a session in",
            SessionStoreOperation.Touch => "touch a session in",
            SessionStoreOperation.All => "list the sessions of",
            SessionStoreOperation.Length => "count the sessions of",
            SessionStoreOperation.Clear => "clear the sessions of",
            SessionStoreOperation.Prune => "remove expired sessions from",
            _ => "open",
        };
}
