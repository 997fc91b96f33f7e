using Npgsql;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// The driver's errors in the contract's words: what was tried, what went wrong, what to do. The driver's own exception is never attached:
/// what the server says of a row (its context, its detail) shows ids and payloads. Of a failed connection the socket's error is.
/// </summary>
internal sealed class PostgresFailures(PostgresTarget target)
{
    private const string Backend = PostgresSessionStore.BackendName;

    public static SessionStoreException NoPayload(TableLayout layout) =>
        new(
            $"Could not read a session from table '{layout.Schema}.{layout.Table}': its row holds NULL in the column 'sess'. Remove or "
                + $"repair the row.",
            SessionStoreOperation.Get,
            Backend,
            isTransient: false
        );

    public static SessionStoreException BlankAtEnd(TableLayout layout, SessionStoreOperation operation) =>
        new(
            $"Could not store a session in table '{layout.Schema}.{layout.Table}': its id ends with a blank, which the column 'sid' of "
                + $"type char does not keep. Nothing was written. Make the column varchar: "
                + $"ALTER TABLE {PostgresIdentifier.Quote(layout.Schema, layout.Table)} ALTER sid TYPE varchar.",
            operation,
            Backend,
            isTransient: false
        );

    /// <summary>
    /// Whether a connection is gone, as against a statement that was refused. Asking again on another connection may help.
    /// </summary>
    public static bool IsLostConnection(NpgsqlException error) =>
        error is PostgresException refused
            ? refused.SqlState
                is PostgresErrorCodes.AdminShutdown
                    or PostgresErrorCodes.CrashShutdown
                    // A primary that has become a replica, and a session that an administrator's limit has ended.
                    or PostgresErrorCodes.ReadOnlySqlTransaction
                    or "57P05"
                || refused.SqlState.StartsWith("08", StringComparison.Ordinal)
            : ConnectionTrouble.IsOfNetwork(error.InnerException);

    /// <summary>Whether the table is not what it was when the store was opened, so that it is to be looked at again.</summary>
    public static bool IsLayoutChange(NpgsqlException error) =>
        error
            is PostgresException
        {
            SqlState: PostgresErrorCodes.UndefinedTable
                    or PostgresErrorCodes.UndefinedColumn
                    or PostgresErrorCodes.InvalidSchemaName
                    or PostgresErrorCodes.DatatypeMismatch
                    or PostgresErrorCodes.UndefinedFunction
                    or PostgresErrorCodes.FeatureNotSupported
                    or PostgresErrorCodes.InvalidColumnReference,
        };

    /// <summary>
    /// Whether no connection could be made because nobody is there, as against somebody who has no place for us or does not know us. Of
    /// several hosts: nobody who may be written to.
    /// </summary>
    public bool IsAway(NpgsqlException error) =>
        error.InnerException is AggregateException hosts
            ? hosts.InnerExceptions.Select(InDriversWords).Any(IsHostAway)
            : IsHostAway(error) || IsNoneSuitable(error);

    /// <summary>
    /// What the driver lets through as it is: of the name service, of files, of what the application has put into its data source.
    /// </summary>
    public static NpgsqlException InDriversWords(Exception error) => error as NpgsqlException ?? new NpgsqlException(null, error);

    public SessionStoreException From(NpgsqlException error, SessionStoreOperation operation)
    {
        if (error.InnerException is AggregateException hosts)
        {
            // One of several hosts that may be back soon tells more than one that has refused for good.
            var each = hosts.InnerExceptions.Select(host => FromHost(InDriversWords(host), operation)).ToList();
            return each.Find(static one => one.IsTransient) ?? each[0];
        }

        return IsNoneSuitable(error)
            ? new SessionStoreUnavailableException(
                $"{Attempt(operation)}: none of the hosts takes writes at present. During a failover this passes; otherwise check "
                    + $"which of them is the primary, and that "
                    + "it can be reached (Target Session Attributes).",
                operation,
                Backend
            )
            : FromHost(error, operation);
    }

    /// <summary>What the application handed in is gone, which is not the end of the store.</summary>
    public SessionStoreException SourceDisposed(SessionStoreOperation operation) =>
        new(
            $"{Attempt(operation)}: the data source was disposed. Keep it for as long as the store.",
            operation,
            Backend,
            isTransient: false
        );

    public SessionStoreUnavailableException TooLate(SessionStoreOperation operation, TimeSpan waited, PostgresCall call)
    {
        var within = $"within {waited.TotalSeconds:0.0##} s (OperationTimeout)";
        var reason = call switch
        {
            { IsExecuting: true } =>
                $"there was no answer {within}. It may still take effect. The server is overloaded, frozen, or waits for a lock.",
            { IsRetry: true } =>
                $"the connection broke, and no other could be had {within}. It may have taken effect. Check the server, and the "
                    + $"network between.",
            _ => $"no connection could be had {within}. Nothing was written. All connections of the pool are in use, or the server does "
                + $"not answer; check it, or raise "
                + "Maximum Pool Size.",
        };
        return new SessionStoreUnavailableException($"{Attempt(operation)}: {reason}", operation, Backend);
    }

    public SessionStoreException Layout(string problem) =>
        new(
            $"Could not use {target.Table} in the PostgreSQL database {target.Database}: {problem}",
            SessionStoreOperation.Open,
            Backend,
            isTransient: false
        );

    private static bool IsHostAway(NpgsqlException error) =>
        error is PostgresException refused
            ? refused.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown
            : ConnectionTrouble.IsOfNetwork(error.InnerException);

    /// <summary>
    /// Whether the driver has found none of several hosts to be what it looks for; what else it says without a cause is of one host.
    /// </summary>
    private bool IsNoneSuitable(NpgsqlException error) =>
        target.HasSeveralHosts && error is not PostgresException && error.InnerException is null;

    private SessionStoreException FromHost(NpgsqlException error, SessionStoreOperation operation)
    {
        if (error is PostgresException refused)
        {
            var (reason, isTransient) = Describe(refused);
            var message = $"{Attempt(operation)}: {reason}";
            return IsUnavailable(refused.SqlState)
                ? new SessionStoreUnavailableException(message, operation, Backend)
                : new SessionStoreException(message, operation, Backend, isTransient);
        }

        var trouble = Cause(error) is { } cause
            ? ConnectionTrouble.From(cause, target.Files)
            // Without a cause the driver itself has refused, in a text that knows nothing of statements.
            : new ConnectionTrouble(
                error.Message.Contains("No SSL enabled", StringComparison.Ordinal)
                    ? "the server speaks no TLS, which SSL Mode demands. Switch it on there (ssl = on), or lower SSL Mode."
                    : $"the connection was refused on this side ({error.Message}). Check the TLS and authentication settings of the "
                        + $"connection string.",
                IsAway: false,
                Cause: null
            );
        var text = $"{Attempt(operation)}: {trouble.Reason}";
        return trouble.IsAway
            ? new SessionStoreUnavailableException(text, operation, Backend, trouble.Cause)
            : new SessionStoreException(text, operation, Backend, isTransient: false, trouble.Cause);
    }

    private static bool IsUnavailable(string state) =>
        state.StartsWith("08", StringComparison.Ordinal)
        || state
            is PostgresErrorCodes.AdminShutdown
                or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow
                or "57P05"
                or PostgresErrorCodes.TooManyConnections
                or PostgresErrorCodes.QueryCanceled
                or PostgresErrorCodes.ReadOnlySqlTransaction
                or PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure;

    private static Exception? Cause(Exception error)
    {
        var cause = error.InnerException;
        while (cause is NpgsqlException)
        {
            cause = cause.InnerException;
        }

        return cause;
    }

    private static (string Reason, bool IsTransient) Describe(PostgresException refused) =>
        refused.SqlState switch
        {
            // In the server's language; English says "no encryption", before version 14 "SSL off".
            PostgresErrorCodes.InvalidAuthorizationSpecification
                when refused.MessageText.Contains("no encryption", StringComparison.Ordinal)
                    || refused.MessageText.Contains("SSL off", StringComparison.Ordinal) => (
                "the server takes nobody from this address without TLS, or nobody at all (pg_hba.conf). Set SSL Mode to VerifyFull, or "
                    + "Require.",
                false
            ),
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => (
                "the server refused the user or the password. Check the connection string and pg_hba.conf.",
                false
            ),
            PostgresErrorCodes.InvalidCatalogName => ("there is no such database. Create it, or name another.", false),
            PostgresErrorCodes.InsufficientPrivilege => (
                "the role has not the rights. Grant it USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on the table.",
                false
            ),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => (
                "the table or its schema is not there. Create it, or set CreateTable; the next call looks again.",
                false
            ),
            PostgresErrorCodes.UndefinedColumn
            or PostgresErrorCodes.DatatypeMismatch
            or PostgresErrorCodes.UndefinedFunction
            or PostgresErrorCodes.FeatureNotSupported
            or PostgresErrorCodes.InvalidColumnReference => (
                $"the table was changed while the store ran (error {refused.SqlState}). The next call looks at it again.",
                true
            ),
            PostgresErrorCodes.TooManyConnections => (
                "the server has no connection left. Lower Maximum Pool Size, or raise max_connections.",
                true
            ),
            PostgresErrorCodes.ReadOnlySqlTransaction => (
                "the server is read-only, a replica perhaps. Connect to the primary (Target Session Attributes=read-write).",
                true
            ),
            PostgresErrorCodes.CannotConnectNow => ("the server is starting or shutting down. Try again.", true),
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or "57P05" => (
                "the server ended the connection. Try again.",
                true
            ),
            PostgresErrorCodes.QueryCanceled => (
                "the server cancelled the statement (statement_timeout, lock_timeout, or an administrator). Nothing was written.",
                true
            ),
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => (
                "somebody else held the row for too long. Nothing was written. Try again.",
                true
            ),
            PostgresErrorCodes.StringDataRightTruncation => (
                "the session id or the session is longer than its column. Nothing was written. Widen the column.",
                false
            ),
            PostgresErrorCodes.UntranslatableCharacter
            or PostgresErrorCodes.InvalidTextRepresentation
            or PostgresErrorCodes.CharacterNotInRepertoire
            or PostgresErrorCodes.NumericValueOutOfRange => (
                "the column 'sess' cannot hold this session: jsonb takes no \\u0000, no lone surrogate and no number of endless "
                    + "length, and a database that is not UTF-8 "
                    + "not every character. Nothing was written. Make the column json in a UTF-8 database, or keep such values out of "
                    + "the session.",
                false
            ),
            PostgresErrorCodes.DiskFull => ("the server's disk is full. Nothing was written.", false),
            PostgresErrorCodes.ProgramLimitExceeded => ("the session is larger than the server accepts. Nothing was written.", false),
            PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement => (
                "a pooler between here and the server does not keep prepared statements. Leave PrepareStatements unset, or set it to "
                    + "false.",
                true
            ),
            PostgresErrorCodes.NotNullViolation
            or PostgresErrorCodes.CheckViolation
            or PostgresErrorCodes.UniqueViolation
            or PostgresErrorCodes.ForeignKeyViolation
            or PostgresErrorCodes.ExclusionViolation => (
                "a constraint of the table refused the row. Nothing was written. connect-pg-simple's table has no such constraint; "
                    + "remove it.",
                false
            ),
            _ => (
                $"the server answered with error {refused.SqlState}. The meaning stands in appendix A of PostgreSQL's manual, the "
                    + $"details in the server's log.",
                refused.SqlState.StartsWith("53", StringComparison.Ordinal) || refused.SqlState.StartsWith("58", StringComparison.Ordinal)
            ),
        };

    private string Attempt(SessionStoreOperation operation) =>
        "Could not "
        + operation switch
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
        }
        + $" {target.Table} in the PostgreSQL database {target.Database}";
}
