using System.Net.Sockets;
using MySqlConnector;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.MySql;

/// <summary>
/// The error table. An exception of the driver is never attached, because a server's message contains ids and parts of payloads.
/// </summary>
/// <param name="place">The table and its database.</param>
internal sealed class MySqlErrors(string place) : RelationalErrors(MySqlSessionStore.BackendName, place)
{
    // The driver has no names for these. The first two and LockedInMariaDb are MariaDB's own.
    private const MySqlErrorCode StatementTimeout = (MySqlErrorCode)1969;
    private const MySqlErrorCode ConnectionKilled = (MySqlErrorCode)1927;
    private const MySqlErrorCode LockedInMariaDb = (MySqlErrorCode)4151;
    private const MySqlErrorCode Locked = (MySqlErrorCode)3118;
    private const MySqlErrorCode MustChangePassword = (MySqlErrorCode)1820;
    private const MySqlErrorCode PasswordExpired = (MySqlErrorCode)1862;
    private const MySqlErrorCode MustUseTls = (MySqlErrorCode)3159;
    private const MySqlErrorCode TooManyOfUser = (MySqlErrorCode)1226;
    private const MySqlErrorCode ReadOnlyMode = (MySqlErrorCode)1836;

    // Group Replication: a member that is in no majority, and a statement that lost against one of another member.
    private const MySqlErrorCode MemberNotReady = (MySqlErrorCode)3100;
    private const MySqlErrorCode UndoneAtCommit = (MySqlErrorCode)3101;

    // Galera: "WSREP has not yet prepared node for application use". No client of this store sends an unknown command.
    private const MySqlErrorCode NodeNotReady = MySqlErrorCode.UnknownCommand;

    /// <summary>Whether the user lacks a right.</summary>
    public static bool IsDenied(MySqlException error) =>
        error.ErrorCode
            is MySqlErrorCode.TableAccessDenied
                or MySqlErrorCode.ColumnAccessDenied
                or MySqlErrorCode.DatabaseAccessDenied
                or MySqlErrorCode.SpecifiedAccessDeniedError;

    /// <summary>Whether the server has undone a statement for the sake of another, so that it can be sent again at once.</summary>
    public static bool IsUndone(MySqlException error) => error.ErrorCode is MySqlErrorCode.LockDeadlock or UndoneAtCommit;

    /// <summary>Whether the server takes no writes: a replica, or a primary that became one.</summary>
    public static bool IsReadOnly(MySqlException error) =>
        error.ErrorCode
            is MySqlErrorCode.OptionPreventsStatement
                or MySqlErrorCode.CannotExecuteInReadOnlyTransaction
                or MySqlErrorCode.InnodbReadOnly
                or MySqlErrorCode.OpenAsReadOnly
                or ReadOnlyMode;

    public override bool IsLostConnection(Exception error) =>
        error is MySqlException refused && refused.ErrorCode != MySqlErrorCode.None && !IsOfNetwork(refused)
            ? IsReadOnly(refused)
                || refused.ErrorCode
                    is NodeNotReady
                        or MemberNotReady
                        or MySqlErrorCode.ServerShutdown
                        or MySqlErrorCode.NormalShutdown
                        or MySqlErrorCode.AbortingConnection
                        or MySqlErrorCode.NewAbortingConnection
                        or MySqlErrorCode.ClientInteractionTimeout
                        // MySQL ends a statement with it whose connection an administrator ends.
                        or MySqlErrorCode.QueryInterrupted
                        or ConnectionKilled
            : IsOfNetwork(error);

    /// <summary>
    /// Returns whether the server replied. Each statement is a transaction of its own, which the server undoes before it replies with an
    /// error.
    /// </summary>
    public override bool IsNotExecuted(Exception error) =>
        error is MySqlException { ErrorCode: not MySqlErrorCode.None } refused && !IsOfNetwork(refused);

    public override bool IsUnreachable(Exception error) =>
        error is MySqlException refused && !IsOfNetwork(refused)
            ? refused.ErrorCode is MySqlErrorCode.ServerShutdown
                || (refused.ErrorCode == MySqlErrorCode.UnableToConnectToHost && !IsPoolFull(refused) && !IsTls(refused))
            : IsOfNetwork(error) && !IsTls(error);

    public override bool IsLayoutChange(Exception error) =>
        error is MySqlException
        {
            ErrorCode: MySqlErrorCode.NoSuchTable
                or MySqlErrorCode.BadFieldError
                or MySqlErrorCode.DataTooLong
                or MySqlErrorCode.WarningDataOutOfRange
                or MySqlErrorCode.NoDefaultForField
                or MySqlErrorCode.TruncatedWrongValueForField
        };

    public override SessionStoreException From(Exception error, SessionStoreOperation operation)
    {
        if (IsTls(error))
        {
            var tls = TlsFailure.Describe(error);
            return Failed(operation, tls ?? "the server does not use TLS, which SSL Mode demands. Turn it on there, or change SSL Mode.");
        }

        if (error is MySqlException refused && !IsOfNetwork(refused) && Describe(refused) is var (reason, isTransient, isAway))
        {
            return isAway ? Unavailable(operation, reason) : Failed(operation, reason, isTransient);
        }

        return IsOfNetwork(error) || error is OperationCanceledException
            ? Unavailable(
                operation,
                $"the server cannot be reached, or the connection broke ({Root(error).GetType().Name}). Check that it runs, its address "
                    + "and the network.",
                Root(error) as SocketException
            )
            : Failed(
                operation,
                $"the driver refused the connection ({Root(error).GetType().Name}). Check the TLS and authentication settings of the "
                    + "connection string, the files that they name, and the code that the application added to its data source."
            );
    }

    /// <summary>Returns the exception for a session id that the column does not hold exactly.</summary>
    public SessionStoreException InexactSid(SessionStoreOperation operation, string problem) =>
        Failed(
            operation,
            $"its id {problem}. Nothing was written. Set Format to Binary, with a table of its own, for every id of the contract."
        );

    /// <summary>Returns the exception for a payload that the column or a statement does not hold.</summary>
    public SessionStoreException TooLarge(SessionStoreOperation operation, long most) =>
        Failed(
            operation,
            $"the session is larger than {most} bytes, which its column and the server accept. Nothing was written. Store less in it, or "
                + "raise max_allowed_packet and the column's type."
        );

    /// <summary>Whether an error comes from the network. A missing file also is an <see cref="IOException"/>.</summary>
    private static bool IsOfNetwork(Exception error)
    {
        var root = Root(error);
        return root is SocketException or EndOfStreamException || (root is IOException && root.GetType() == typeof(IOException));
    }

    private static Exception Root(Exception error) => error.InnerException is { } inner ? Root(inner) : error;

    private static bool IsPoolFull(MySqlException error) => error.Message.Contains("pooled connections", StringComparison.Ordinal);

    private static bool IsTls(Exception error) =>
        TlsFailure.Describe(error) is not null
        || (error is MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost } refused
            && refused.Message.Contains("SSL", StringComparison.Ordinal));

    private static (string Reason, bool IsTransient, bool IsAway)? Describe(MySqlException refused) =>
        refused.ErrorCode switch
        {
            MySqlErrorCode.None => null,
            MySqlErrorCode.UnableToConnectToHost when IsPoolFull(refused) => Away(
                "all connections of the pool are in use. Nothing was written. Raise Maximum Pool Size, or make fewer calls at once."
            ),
            MySqlErrorCode.UnableToConnectToHost => Away(
                "the server cannot be reached. Check that it runs, its address and the network."
            ),
            MySqlErrorCode.AccessDenied or MySqlErrorCode.HostNotPrivileged => Final(
                "the server refused the user or the password. Check the connection string, from which hosts the user may connect, and "
                    + "whether it must use TLS."
            ),
            MustChangePassword or PasswordExpired => Final("the password of the user has expired. Set another with ALTER USER."),
            Locked or LockedInMariaDb => Final("the user is locked. Unlock it with ALTER USER … ACCOUNT UNLOCK."),
            MustUseTls => Final("the server demands TLS. Set SSL Mode to VerifyFull or Required."),
            MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.UnknownDatabase => Final(
                "there is no such database, or the user has no right to it. Create it, grant a right, or give another."
            ),
            MySqlErrorCode.TableAccessDenied or MySqlErrorCode.ColumnAccessDenied or MySqlErrorCode.SpecifiedAccessDeniedError => Final(
                "the user lacks rights. Grant it SELECT, INSERT, UPDATE, DELETE on the table."
            ),
            MySqlErrorCode.NoSuchTable => Final(
                "the table does not exist. Create it, or set CreateTable; the next call checks again."
            ),
            MySqlErrorCode.BadFieldError
            or MySqlErrorCode.DataTooLong
            or MySqlErrorCode.WarningDataOutOfRange
            or MySqlErrorCode.NoDefaultForField
            or MySqlErrorCode.TruncatedWrongValueForField => (
                $"the table was changed while the store ran (error {refused.Number}). Nothing was written. The next call checks it again.",
                true,
                false
            ),
            MySqlErrorCode.ConnectionCountError or MySqlErrorCode.TooManyUserConnections or TooManyOfUser => Away(
                "the server has no free connection. Lower Maximum Pool Size, or raise max_connections."
            ),
            MySqlErrorCode.OptionPreventsStatement
            or MySqlErrorCode.CannotExecuteInReadOnlyTransaction
            or MySqlErrorCode.InnodbReadOnly
            or MySqlErrorCode.OpenAsReadOnly
            or ReadOnlyMode => Away("the server is read-only, possibly a replica. Connect to the primary."),
            NodeNotReady or MemberNotReady => Away(
                "the server is not ready: it is a member of a cluster and not in step with it. Nothing was written. Try again."
            ),
            MySqlErrorCode.TooManyConcurrentTransactions or MySqlErrorCode.LockTableFull => Away(
                "the server has too much to do at once. Nothing was written. Try again."
            ),
            MySqlErrorCode.ServerShutdown
            or MySqlErrorCode.NormalShutdown
            or MySqlErrorCode.AbortingConnection
            or MySqlErrorCode.NewAbortingConnection
            or MySqlErrorCode.ClientInteractionTimeout
            or ConnectionKilled => Away("the server ended the connection. Try again."),
            MySqlErrorCode.CommandTimeoutExpired => Away(
                "the server did not reply in time. The call may still take effect. The server is overloaded, frozen, or waits for a lock."
            ),
            MySqlErrorCode.QueryInterrupted or MySqlErrorCode.QueryTimeout or StatementTimeout => Away(
                "the server cancelled the statement (a time limit, or an administrator). Nothing was written."
            ),
            MySqlErrorCode.LockDeadlock or UndoneAtCommit or MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.XARBDeadlock => Away(
                "another transaction held the row for too long. Nothing was written. Try again."
            ),
            MySqlErrorCode.PacketTooLarge => Final(
                "the session is larger than the server accepts (max_allowed_packet). Nothing was written. Store less in it, or raise the "
                    + "limit."
            ),
            MySqlErrorCode.DiskFull or MySqlErrorCode.RecordFileFull => Final(
                "the server's disk is full. Nothing was written. Free some space."
            ),
            MySqlErrorCode.MaxPreparedStatementCountReached => (
                "the server holds no more prepared statements. Raise max_prepared_stmt_count, or lower Maximum Pool Size.",
                true,
                false
            ),
            MySqlErrorCode.HostIsBlocked => Final(
                "the server refuses this host after too many failed connections. Run FLUSH HOSTS there."
            ),
            _ => Final(
                $"the server or the driver reported error {refused.Number}. See the server's error reference for its meaning, and the "
                    + "server's log for details."
            ),
        };

    private static (string Reason, bool IsTransient, bool IsAway) Away(string reason) => (reason, true, true);

    private static (string Reason, bool IsTransient, bool IsAway) Final(string reason) => (reason, false, false);
}
