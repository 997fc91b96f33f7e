using Npgsql;
using ServerSessions.Stores.Postgres.Connection;
using ServerSessions.Stores.Postgres.Schema;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Postgres;

/// <summary>
/// Maps the driver's errors to the exceptions of the store contract. The driver's exception is never attached, because its context and
/// detail contain ids and payloads. The socket error of a failed connection is attached.
/// </summary>
internal sealed class PostgresErrors(PostgresTarget target)
    : RelationalErrors(PostgresSessionStore.BackendName, $"{target.Table} in the PostgreSQL database {target.Database}")
{
    public override bool IsLostConnection(Exception failure) =>
        InDriversWords(failure) is var error && error is PostgresException refused
            ? refused.SqlState
                is PostgresErrorCodes.AdminShutdown
                    or PostgresErrorCodes.CrashShutdown
                    // A primary that became a replica, and a connection that an administrator's limit ended (57P05).
                    or PostgresErrorCodes.ReadOnlySqlTransaction
                    or "57P05"
                || refused.SqlState.StartsWith("08", StringComparison.Ordinal)
            : ConnectionFailure.IsOfNetwork(error.InnerException);

    /// <summary>
    /// Returns whether the server has ended the connection, or refused to write, in place of executing the statement. It does not report
    /// 57P01 after a commit: then it closes the connection without a word (<c>syncrep.c</c>). 57P02 may follow a commit, and a pooler
    /// reports with 08P01 that it lost a server.
    /// </summary>
    public override bool IsNotExecuted(Exception failure) =>
        failure
            is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.ReadOnlySqlTransaction or "57P05" };

    /// <summary>
    /// Returns whether the server is away. Several hosts count as away if all failed and one of them is away, or if none accepts writes.
    /// </summary>
    public override bool IsUnreachable(Exception failure)
    {
        var error = InDriversWords(failure);
        return error.InnerException is AggregateException hosts
            ? hosts.InnerExceptions.Select(InDriversWords).Any(IsHostAway)
            : IsHostAway(error) || IsNoneSuitable(error);
    }

    public override bool IsLayoutChange(Exception failure) =>
        failure
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

    public override SessionStoreException From(Exception failure, SessionStoreOperation operation)
    {
        var error = InDriversWords(failure);
        if (error.InnerException is AggregateException hosts)
        {
            // A transient error of one host is reported before a permanent error of another.
            var each = hosts.InnerExceptions.Select(host => FromHost(InDriversWords(host), operation)).ToList();
            return each.Find(static one => one.IsTransient) ?? each[0];
        }

        return IsNoneSuitable(error)
            ? Unavailable(
                operation,
                "none of the hosts takes writes at present. During a failover this is temporary; otherwise check which host is the "
                    + "primary, and that it can be reached (Target Session Attributes)."
            )
            : FromHost(error, operation);
    }

    public SessionStoreException BlankAtEnd(TableLayout layout, SessionStoreOperation operation) =>
        Failed(
            operation,
            "its id ends with a blank, which the column 'sid' of type char does not store. Nothing was written. Change the column to "
                + $"varchar: ALTER TABLE {PostgresIdentifier.Quote(layout.Schema, layout.Table)} ALTER sid TYPE varchar."
        );

    /// <summary>
    /// Wraps exceptions that the driver does not wrap: of name resolution, of files, and of code in the application's data source.
    /// </summary>
    private static NpgsqlException InDriversWords(Exception error) => error as NpgsqlException ?? new NpgsqlException(null, error);

    private static bool IsHostAway(NpgsqlException error) =>
        error is PostgresException refused
            ? refused.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown
            : ConnectionFailure.IsOfNetwork(error.InnerException);

    /// <summary>
    /// Whether the driver found no suitable host among several. Any other error without a cause concerns one host.
    /// </summary>
    private bool IsNoneSuitable(NpgsqlException error) =>
        target.HasSeveralHosts && error is not PostgresException && error.InnerException is null;

    private SessionStoreException FromHost(NpgsqlException error, SessionStoreOperation operation)
    {
        if (error is PostgresException refused)
        {
            var (reason, isTransient) = Describe(refused);
            return IsUnavailable(refused.SqlState) ? Unavailable(operation, reason) : Failed(operation, reason, isTransient);
        }

        var trouble = Cause(error) is { } cause
            ? ConnectionFailure.From(cause, target.Files)
            // Without a cause the driver itself refused; its text then contains no data of a statement.
            : new ConnectionFailure(
                error.Message.Contains("No SSL enabled", StringComparison.Ordinal)
                    ? "the server does not support TLS, which SSL Mode requires. Enable it on the server (ssl = on), or lower SSL Mode."
                    : $"the driver refused the connection ({error.Message}). Check the TLS and authentication settings of the "
                        + $"connection string.",
                IsAway: false,
                Cause: null
            );
        return trouble.IsAway
            ? Unavailable(operation, trouble.Reason, trouble.Cause)
            : Failed(operation, trouble.Reason, isTransient: false, trouble.Cause);
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
            // The text is in the server's language. In English: "no encryption"; before version 14 "SSL off".
            PostgresErrorCodes.InvalidAuthorizationSpecification
                when refused.MessageText.Contains("no encryption", StringComparison.Ordinal)
                    || refused.MessageText.Contains("SSL off", StringComparison.Ordinal) => (
                "the server refuses connections from this address without TLS, or all of them (pg_hba.conf). Set SSL Mode to VerifyFull "
                    + "or Require.",
                false
            ),
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => (
                "the server refused the user or the password. Check the connection string and pg_hba.conf.",
                false
            ),
            PostgresErrorCodes.InvalidCatalogName => ("there is no such database. Create it, or give another.", false),
            PostgresErrorCodes.InsufficientPrivilege => (
                "the role lacks rights. Grant it USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on the table.",
                false
            ),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => (
                "the table or its schema does not exist. Create it, or set CreateTable; the next call checks again.",
                false
            ),
            PostgresErrorCodes.UndefinedColumn
            or PostgresErrorCodes.DatatypeMismatch
            or PostgresErrorCodes.UndefinedFunction
            or PostgresErrorCodes.FeatureNotSupported
            or PostgresErrorCodes.InvalidColumnReference => (
                $"the table was changed while the store ran (error {refused.SqlState}). The next call checks it again.",
                true
            ),
            PostgresErrorCodes.TooManyConnections => (
                "the server has no free connection. Lower Maximum Pool Size, or raise max_connections.",
                true
            ),
            PostgresErrorCodes.ReadOnlySqlTransaction => (
                "the server is read-only, possibly a replica. Connect to the primary (Target Session Attributes=read-write).",
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
                "another transaction held the row for too long. Nothing was written. Try again.",
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
                "the column 'sess' cannot hold this session: jsonb accepts no \\u0000, no lone surrogate and no number of unlimited "
                    + "length, and a database that is not UTF-8 accepts not every character. Nothing was written. Change the column to "
                    + "json in a UTF-8 database, or do not store such values.",
                false
            ),
            PostgresErrorCodes.DiskFull => ("the server's disk is full. Nothing was written. Free some space.", false),
            PostgresErrorCodes.ProgramLimitExceeded => (
                "the session is larger than the server accepts. Nothing was written. Store less in it.",
                false
            ),
            PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement => (
                "a pooler between the store and the server does not keep prepared statements. Leave PrepareStatements unset, or set "
                    + "it to false.",
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
                $"the server reported error {refused.SqlState}. See appendix A of PostgreSQL's manual for its meaning, and the server's "
                    + $"log for details.",
                refused.SqlState.StartsWith("53", StringComparison.Ordinal) || refused.SqlState.StartsWith("58", StringComparison.Ordinal)
            ),
        };
}
