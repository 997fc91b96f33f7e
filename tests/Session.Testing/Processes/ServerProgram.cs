namespace ServerSessions.Testing;

/// <summary>What <see cref="ServerProcess"/> needs to know of a program in order to run it as a server.</summary>
public sealed record ServerProgram
{
    /// <summary>The program's full path.</summary>
    public required string File { get; init; }

    /// <summary>The arguments, for the port and the data folder that it was given.</summary>
    public required Func<int, string, IEnumerable<string>> Arguments { get; init; }

    /// <summary>
    /// Whether the server on this port responds. Asked until it says yes; an <see cref="IOException"/> or a refused connection is a no.
    /// </summary>
    public required Func<int, CancellationToken, Task<bool>> IsReadyAsync { get; init; }

    /// <summary>What is done once in the empty data folder before the first start, such as <c>initdb</c>. Nothing by default.</summary>
    public Func<string, CancellationToken, Task>? PrepareAsync { get; init; }

    /// <summary>The user that the server runs as and that owns its folder; null: the user of the tests.</summary>
    public string? User { get; init; }

    /// <summary>The signal that asks the server to end in good order.</summary>
    public Signal StopSignal { get; init; } = Signal.Terminate;

    /// <summary>
    /// The signal that ends the server at once when no one needs its data any more. PostgreSQL leaves shared memory behind after a KILL, so
    /// it has one of its own.
    /// </summary>
    public Signal EndSignal { get; init; } = Signal.Kill;

    /// <summary>A second port, this much above the first, that the server opens too; 0: none. Redis Cluster's bus is one.</summary>
    public int SecondPortOffset { get; init; }
}
