namespace ServerSessions.Testing;

/// <summary>How a call of a <see cref="FaultySessionStore"/> goes wrong. Immutable.</summary>
public sealed class StoreFault
{
    private readonly string _name;
    private readonly Func<SessionStoreOperation, Exception>? _exception;

    private StoreFault(
        string name,
        FaultKind kind,
        TimeSpan delay = default,
        Func<SessionStoreOperation, Exception>? exception = null
    ) => (_name, Kind, Delay, _exception) = (name, kind, delay, exception);

    /// <summary>
    /// The call fails with a <see cref="SessionStoreUnavailableException"/>, and nothing is done: the backend was not reached.
    /// </summary>
    public static StoreFault Fails { get; } = new(nameof(Fails), FaultKind.Before);

    /// <summary>
    /// The call is carried out, and then fails with a <see cref="SessionStoreUnavailableException"/>: the reply was lost. What was written
    /// is stored.
    /// </summary>
    public static StoreFault LosesReply { get; } = new(nameof(LosesReply), FaultKind.After);

    /// <summary>
    /// The call waits until its caller gives up, or until <see cref="FaultySessionStore.Recover"/>, which lets it go on. Nothing is done
    /// before that.
    /// </summary>
    public static StoreFault Hangs { get; } = new(nameof(Hangs), FaultKind.Hang);

    internal FaultKind Kind { get; }

    internal TimeSpan Delay { get; }

    /// <summary>The call is carried out after a while.</summary>
    /// <param name="delay">The time that it waits before, by the clock of the store. Not negative.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public static StoreFault Slow(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new StoreFault(nameof(Slow), FaultKind.Delay, delay);
    }

    /// <summary>The call fails with an exception of the test, and nothing is done.</summary>
    /// <param name="exception">
    /// Creates the exception. By the contract it is a <see cref="SessionStoreException"/>; another one shows what the consumer of a wrong
    /// store does.
    /// </param>
    /// <returns>The fault.</returns>
    public static StoreFault Throws(Func<SessionStoreOperation, Exception> exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new StoreFault(nameof(Throws), FaultKind.Before, exception: exception);
    }

    /// <summary>Returns the name of the fault, for messages of tests.</summary>
    /// <returns>The name of the member that returned it.</returns>
    public override string ToString() => _name;

    internal Exception ExceptionOf(SessionStoreOperation operation, string backend) =>
        _exception?.Invoke(operation)
        ?? new SessionStoreUnavailableException(
            "A test has injected this fault. Nothing is wrong with the backend.",
            operation,
            backend
        );

    internal enum FaultKind
    {
        Before,
        After,
        Hang,
        Delay,
    }
}
