using System.Net.Sockets;
using MongoDB.Driver;
using ServerSessions.Stores.Mongo.Statements;

namespace ServerSessions.Stores.Mongo;

/// <summary>
/// Converts errors of the driver to exceptions of the contract: what was tried, what went wrong, what to do. Attaches only errors of the
/// connection as the cause: a server's error about a statement can repeat ids and sessions.
/// </summary>
/// <param name="place">The collection and its location.</param>
/// <param name="quotesDriver">Whether errors of the connection are attached.</param>
internal sealed class MongoErrors(string place, bool quotesDriver) : StoreErrors(MongoSessionStore.BackendName, place)
{
    /// <summary>What a refused login means and what to do.</summary>
    public const string RefusedLogin =
        "the server refused the user name or the password. Correct the connection string, or create the user (authSource names its "
        + "database).";

    /// <summary>Returns the exception for an error of the driver or of a conversion.</summary>
    public SessionStoreException From(Exception error, SessionStoreOperation operation) =>
        error switch
        {
            _ when TlsFailure.Describe(error) is { } reason => Failed(operation, reason),
            UnwritableSessionException => Failed(operation, $"{error.Message}. Nothing was written."),
            UnreadableSessionException => Failed(operation, $"{error.Message}. Remove or repair the document."),
            MongoAuthenticationException => Failed(operation, RefusedLogin, cause: Quoted(error)),
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
                cause: Quoted(error)
            ),
            MongoConnectionException or MongoConnectionPoolPausedException or TimeoutException or IOException or SocketException =>
                Unavailable(
                    operation,
                    "no server could be reached, or the connection was lost; a write may or may not have taken effect. Check that the "
                        + "server runs and can be reached from here, and whether it expects TLS (tls=true).",
                    cause: Quoted(error)
                ),
            MongoConfigurationException or MongoIncompatibleDriverException => Failed(
                operation,
                "the connection string and the server do not go together. See the inner exception, and correct the connection string.",
                cause: Quoted(error)
            ),
            ObjectDisposedException => Failed(
                operation,
                "the client was disposed, though the store is in use. Dispose the client after the store.",
                cause: Quoted(error)
            ),
            _ => Failed(operation, $"{error.GetType().Name}. Check that the collection holds sessions, and nothing else."),
        };

    public SessionStoreException TimedOut(SessionStoreOperation operation, TimeSpan waited) =>
        Unavailable(
            operation,
            $"there was no reply within {Seconds(waited)} (OperationTimeout). A write may still take "
                + $"effect. Check the server and the network to it."
        );

    public SessionStoreException Contended(SessionStoreOperation operation) =>
        Unavailable(operation, "other calls created and removed the same session at each attempt. Nothing was written. Try again.");

    private SessionStoreException FromWrite(SessionStoreOperation operation, int? error, int? concern) =>
        (error, concern) switch
        {
            (not null, _) => FromCommand(operation, error.Value, null),
            (_, 64) => Unavailable(
                operation,
                "the write was done, but too few members confirmed it within the time of the write concern."
            ),
            (_, 100) => Failed(operation, "the replica set has fewer members than the write concern requires. Lower w, or add members."),
            _ => Unavailable(operation, $"the write was done, but not as the write concern requires (error {concern})."),
        };

    private SessionStoreException FromCommand(SessionStoreOperation operation, int code, string? name) =>
        code switch
        {
            13 => Failed(
                operation,
                "the user lacks the right. Grant the role readWrite on the database, or the actions that the store's README "
                    + "lists."
            ),
            18 => Failed(operation, RefusedLogin),
            50 or 262 => Unavailable(operation, "the server gave up after its time limit. Try again."),
            6 or 7 or 89 or 91 or 189 or 9001 or 10107 or 11600 or 11602 or 13435 or 13436 => Unavailable(
                operation,
                $"the server is shutting down, or is no longer the primary (error {code}). A write may or may not have taken effect. "
                    + $"Try again."
            ),
            52 or 55 or 57 => Failed(
                operation,
                "a key in the session starts with '$' or has a dot, which servers before MongoDB 5.0 refuse in documents. Use "
                    + "MongoSessionFormat.Text."
            ),
            121 => Failed(
                operation,
                "the collection's validation rules refused the document. Remove them; connect-mongo's collection has none."
            ),
            10334 or 17280 or 17419 or 17420 => Failed(
                operation,
                "the session is larger than the 16 MB that MongoDB stores in one document. Store less in it."
            ),
            14031 => Failed(operation, "the server's disk is full. Nothing was written."),
            _ => Failed(
                operation,
                $"the server replied with error {code}{(string.IsNullOrEmpty(name) ? "" : $" ({name})")}. Its text may repeat ids and "
                    + "is not shown. See the server's log."
            ),
        };

    private Exception? Quoted(Exception cause) => quotesDriver ? cause : null;
}
