using System.Globalization;
using ServerSessions.Stores.Redis.Connection;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis;

/// <summary>
/// Converts errors of the driver and the server to exceptions of the contract: what was tried, what went wrong, what to do. Attaches no
/// exception of theirs and repeats no text: both may contain keys, and a key contains a sid. For example, the error about an unknown
/// command repeats its arguments.
/// </summary>
internal sealed class RedisErrors(RedisSettings settings)
    : StoreErrors(RedisSessionStore.BackendName, $"Redis at {settings.Servers}")
{
    private const string SilentTls =
        " A server that does not speak TLS on this port is silent too: check the port, or write 'redis://' or 'ssl=false' for a "
        + "connection without TLS.";
    private const string WantsTls = " A server that speaks only TLS on this port does the same: then write 'rediss://' or 'ssl=true'.";

    public SessionStoreException From(Exception error, SessionStoreOperation operation) =>
        error switch
        {
            SessionStoreException known => known,
            RedisServerException reply => FromReply(reply, operation),
            RedisConnectionException when TlsFailure.Describe(error) is { } trouble => Failed(operation, trouble),
            RedisConnectionException when IsAuthentication(error) => Refused(operation),
            RedisConnectionException lost => Unavailable(
                operation,
                $"there is no connection ({Reason(lost)}). Check that the server runs and can be reached from here; the store connects "
                    + $"again by itself.{TlsHint(lost)}"
            ),
            TimeoutException or OperationCanceledException => TimedOut(operation),
            ObjectDisposedException when settings.Configuration is null => Failed(
                operation,
                "the connection was disposed, though the store is in use. Dispose the connection after the store."
            ),
            InvalidOperationException or ObjectDisposedException => Unavailable(
                operation,
                "there is no connection to the server that holds the key. Check that all primaries run and can be reached from here."
            ),
            RedisCommandException => Failed(
                operation,
                "the driver refuses the command. The connection must allow EVALSHA, SCRIPT and SCAN, and must not be to replicas alone."
            ),
            _ => Failed(operation, $"the driver failed with {error.GetType().Name}."),
        };

    /// <summary>Returns whether the driver's exception says what to do: the login was refused, or TLS failed.</summary>
    public static bool IsExplained(RedisConnectionException error) => IsAuthentication(error) || TlsFailure.Describe(error) is not null;

    /// <summary>Reports that the server has no database of that number; the driver refuses commands to it.</summary>
    public SessionStoreException NoDatabase(SessionStoreOperation operation, int database, int? count) =>
        Failed(
            operation,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the server has no database {database}.{(count is { } known ? $" It has {known}; the first is 0." : "")}"
                    + $"{(count == 1 ? " A cluster has no other." : "")} Change the number in the ConnectionString or the "
                    + $"option Database, or raise 'databases' in the server's configuration."
            )
        );

    /// <summary>Reports that the server received the write after the deadline and did not execute it.</summary>
    public SessionStoreUnavailableException Late(SessionStoreOperation operation) =>
        Unavailable(
            operation,
            $"it reached the server later than {Seconds(settings.Timeout)} after it was made (OperationTimeout), and was not executed. "
                + "Nothing was written. The server or the network is too slow for the load."
        );

    public SessionStoreException WrongType(SessionStoreOperation operation) =>
        Failed(
            operation,
            "its key holds another type than a string; another application uses the same prefix. Nothing was changed. Choose another "
                + "Prefix, or remove the key."
        );

    public SessionStoreUnavailableException Incomplete(SessionStoreOperation operation) =>
        Unavailable(
            operation,
            "no primary, or not every primary of a cluster, can be reached; the result would be incomplete. Check that all of them run."
        );

    private SessionStoreUnavailableException TimedOut(SessionStoreOperation operation)
    {
        var isRead =
            operation
                is SessionStoreOperation.Get
                    or SessionStoreOperation.All
                    or SessionStoreOperation.Length
                    or SessionStoreOperation.Open;
        return Unavailable(
            operation,
            $"there was no reply within {Seconds(settings.Timeout)} (OperationTimeout). "
                + (
                    isRead ? ""
                    : operation == SessionStoreOperation.TrySet ? "If it is executed later, then only over what it expects. "
                    : "A write not executed by now never will be. "
                )
                + "The server or the network is stuck, or too slow for the load."
                + (operation == SessionStoreOperation.Open && settings.IsTls == true ? SilentTls : "")
        );
    }

    private SessionStoreException FromReply(RedisServerException reply, SessionStoreOperation operation) =>
        reply.Kind switch
        {
            RedisErrorKind.WrongType => WrongType(operation),
            RedisErrorKind.NoAuth or RedisErrorKind.WrongPass => Refused(operation),
            _ when UnavailableBy(reply.Kind) is { } reason => Unavailable(operation, reason),
            _ when RefusedBy(reply.Kind) is { } reason => Failed(operation, reason, isTransient: true),
            _ => Failed(operation, ForbiddenBy(reply.Kind) ?? $"the server replied with an error ({reply.Kind}). See the server's log."),
        };

    /// <summary>Describes a server that serves no call at present.</summary>
    private static string? UnavailableBy(RedisErrorKind kind) =>
        kind switch
        {
            RedisErrorKind.Loading => "the server is still loading its data. Try again.",
            RedisErrorKind.Busy => "the server is busy with a script of another client. End that script (SCRIPT KILL).",
            RedisErrorKind.MaxClients =>
                "the server has reached its limit of connections (maxclients). Raise it, or close other connections.",
            RedisErrorKind.ClusterDown or RedisErrorKind.TryAgain or RedisErrorKind.MasterDown =>
                "the cluster, or the part of it that holds this session, is down at present. Try again; check that all primaries run.",
            RedisErrorKind.Moved or RedisErrorKind.Ask or RedisErrorKind.UnknownRedirectTarget =>
                "the key is on a server of the cluster that cannot be reached from here. Check that every node's announced address can "
                    + "be reached.",
            _ => null,
        };

    /// <summary>Describes a server that refuses writes at present.</summary>
    private static string? RefusedBy(RedisErrorKind kind) =>
        kind switch
        {
            RedisErrorKind.ReadOnly =>
                "the server is a read-only replica. Nothing was written. During a failover this passes; otherwise connect to the primary.",
            RedisErrorKind.OutOfMemory =>
                "its memory is full (maxmemory) and its policy forbids eviction. Nothing was written; reading and destroying "
                    + "still work. Raise maxmemory or free memory.",
            RedisErrorKind.NoReplicas =>
                "too few replicas are connected (min-replicas-to-write). Nothing was written. Check that the replicas run.",
            RedisErrorKind.Misconfigured =>
                "the server refuses writes because it could not save to disk (MISCONF). Nothing was written. Check its log and disk.",
            _ => null,
        };

    /// <summary>Describes a server that never executes such a command.</summary>
    private static string? ForbiddenBy(RedisErrorKind kind) =>
        kind switch
        {
            RedisErrorKind.CrossSlot => "the server is a cluster and refused a command on several slots.",
            RedisErrorKind.NoPermission or RedisErrorKind.NotPermitted =>
                "the user lacks a right. Grant the commands and keys that the README of this package lists (ACL SETUSER).",
            RedisErrorKind.UnknownCommand =>
                "the server does not support a required command. The store needs Redis 6.0 or newer, with EVALSHA, SCRIPT and SCAN "
                    + "under their own names.",
            _ => null,
        };

    private SessionStoreException Refused(SessionStoreOperation operation) =>
        Failed(
            operation,
            "user or password were refused, or are missing and the server requires them. Set them in the ConnectionString."
        );

    /// <summary>A TLS port closes a plain connection, and a plain port does not reply to TLS; neither says why.</summary>
    private string TlsHint(RedisConnectionException lost) =>
        settings.IsTls switch
        {
            false
                when Reason(lost)
                    is nameof(System.Net.Sockets.SocketError.ConnectionReset)
                        or nameof(ConnectionFailureType.SocketClosed)
                        or nameof(ConnectionFailureType.ProtocolFailure)
                        or nameof(ConnectionFailureType.SocketFailure) => WantsTls,
            true
                when Reason(lost)
                    is nameof(ConnectionFailureType.UnableToConnect)
                        or nameof(ConnectionFailureType.UnableToResolvePhysicalConnection)
                        or nameof(ConnectionFailureType.ConnectionDisposed) => SilentTls,
            _ => "",
        };

    private static bool IsAuthentication(Exception? error) =>
        error switch
        {
            null => false,
            RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => true,
            RedisServerException { Kind: RedisErrorKind.NoAuth or RedisErrorKind.WrongPass } => true,
            AggregateException all => all.InnerExceptions.Any(IsAuthentication),
            _ => IsAuthentication(error.InnerException),
        };

    /// <summary>Returns the kind of the innermost failure, as a word.</summary>
    private static string Reason(RedisConnectionException error)
    {
        Exception deepest = error;
        while (
            deepest is not System.Net.Sockets.SocketException
            && (deepest is AggregateException all ? all.InnerExceptions[0] : deepest.InnerException) is { } inner
        )
        {
            deepest = inner;
        }

        return deepest switch
        {
            System.Net.Sockets.SocketException socket => socket.SocketErrorCode.ToString(),
            RedisConnectionException connection => connection.FailureType.ToString(),
            _ => error.FailureType.ToString(),
        };
    }
}
