namespace ServerSessions.Stores.Relational;

/// <summary>
/// Maps the errors of a driver to the exceptions of the store contract: the error table of a dialect. Never attaches an exception whose
/// text may contain an id or a payload. Thread safe.
/// </summary>
/// <param name="backend">The <see cref="ISessionStore.Backend"/> of the store.</param>
/// <param name="place">The table and its database, for messages.</param>
public abstract class RelationalErrors(string backend, string place) : StoreErrors(backend, place)
{
    /// <summary>
    /// Returns whether a connection is broken, as opposed to a statement that was refused. A statement that may be executed twice, or was
    /// not executed, is then sent once more on another connection.
    /// </summary>
    /// <param name="failure">An exception of the driver.</param>
    /// <returns>Whether the connection is broken.</returns>
    public abstract bool IsLostConnection(Exception failure);

    /// <summary>
    /// Returns whether the server has certainly not executed the statement whose connection broke. Only such a write is sent once more.
    /// </summary>
    /// <param name="failure">An exception of the driver for which <see cref="IsLostConnection"/> returns <see langword="true"/>.</param>
    /// <returns>Whether it was not executed; <see langword="false"/> if that is unknown.</returns>
    public abstract bool IsNotExecuted(Exception failure);

    /// <summary>Returns whether the server cannot be reached, as opposed to one that is full or refuses the credentials.</summary>
    /// <param name="failure">An exception of the driver, from opening a connection.</param>
    /// <returns>Whether the server is unreachable.</returns>
    public abstract bool IsUnreachable(Exception failure);

    /// <summary>Returns whether the table has changed since the store was opened, so that the next call opens it again.</summary>
    /// <param name="failure">An exception of the driver.</param>
    /// <returns>Whether the table has changed.</returns>
    public abstract bool IsLayoutChange(Exception failure);

    /// <summary>Returns the exception of the contract.</summary>
    /// <param name="failure">An exception of the driver, or of code in the application's data source.</param>
    /// <param name="operation">What was tried.</param>
    /// <returns>The exception.</returns>
    public abstract SessionStoreException From(Exception failure, SessionStoreOperation operation);

    /// <summary>Returns the exception for a session that other calls changed at every attempt.</summary>
    /// <param name="operation">What was tried.</param>
    /// <returns>The exception.</returns>
    public SessionStoreException Contended(SessionStoreOperation operation) =>
        Failed(operation, "other calls changed the session at every attempt. Nothing was written. Try again.", isTransient: true);

    /// <summary>Returns the exception for a call of which it cannot be known whether it has taken effect.</summary>
    /// <param name="operation">What was tried.</param>
    /// <returns>The exception.</returns>
    internal SessionStoreUnavailableException Unknown(SessionStoreOperation operation) =>
        Unavailable(
            operation,
            "the connection broke before the reply. The call may have taken effect, and what is stored does not show it. Read what is "
                + "stored, then decide whether to repeat the call."
        );

    /// <summary>
    /// Corrects an exception of a second attempt that says that nothing was written: the first attempt may have written.
    /// </summary>
    /// <param name="error">The exception.</param>
    /// <returns>The corrected exception; <see langword="null"/> if there is nothing to correct.</returns>
    internal static SessionStoreException? OfRetry(SessionStoreException error)
    {
        const string claim = "Nothing was written.";
        if (
            error.Operation is SessionStoreOperation.Get or SessionStoreOperation.All or SessionStoreOperation.Length
            || !error.Message.Contains(claim, StringComparison.Ordinal)
        )
        {
            return null;
        }

        const string truth = "The first attempt, whose connection broke, may have written.";
        var message = error.Message.Replace(claim, truth, StringComparison.Ordinal);
        return error is SessionStoreUnavailableException
            ? new SessionStoreUnavailableException(message, error.Operation, error.Backend, error.InnerException)
            : new SessionStoreException(message, error.Operation, error.Backend, error.IsTransient, error.InnerException);
    }

    /// <summary>Returns the exception for a data source that the application disposed before the store.</summary>
    /// <param name="operation">What was tried.</param>
    /// <returns>The exception.</returns>
    internal SessionStoreException SourceDisposed(SessionStoreOperation operation) =>
        Failed(operation, "the data source was disposed. Dispose it after the store.");

    internal SessionStoreUnavailableException TooLate(SessionStoreOperation operation, TimeSpan waited, RelationalCall call)
    {
        var within = $"within {Seconds(waited)} (OperationTimeout)";
        return Unavailable(
            operation,
            call switch
            {
                { IsExecuting: true } =>
                    $"the server did not reply {within}. The call may still take effect. The server is overloaded, frozen, or waits for a "
                        + "lock. Check it, or raise OperationTimeout.",
                { MayHaveRun: true } =>
                    $"the connection broke, and no other could be opened {within}. The call may have taken effect. Check the server and "
                        + "the network.",
                _ => $"no connection could be opened {within}. Nothing was written. All connections of the pool are in use, or the server "
                    + "does not respond. Check the server, or raise Maximum Pool Size.",
            }
        );
    }
}
