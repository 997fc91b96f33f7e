using System.Collections.Concurrent;

namespace ServerSessions.Conformance.Tests.Reference;

/// <summary>What is at rest for one sid.</summary>
internal sealed record Row(byte[] Payload, DateTimeOffset Expires, object Content, DateTimeOffset Written, bool Damaged = false);

/// <summary>A table on a server that lives in this process: what stores of one space share, and what outlives them.</summary>
internal sealed class Space(Server server)
{
    private TaskCompletionSource _mended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Server Server { get; } = server;

    public ConcurrentDictionary<string, Row> Rows { get; } = new(StringComparer.Ordinal);

    public Lock Gate { get; } = new();

    public StoreFault? Fault { get; private set; }

    public Task Mended => _mended.Task;

    public void Break(StoreFault fault)
    {
        _mended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Fault = fault;
    }

    public void Mend()
    {
        Fault = null;
        _mended.TrySetResult();
    }
}

/// <summary>All spaces, and the log.</summary>
internal sealed class Server
{
    private readonly ConcurrentDictionary<string, Space> _spaces = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Whether a store has closed the client that all of them were given.</summary>
    public bool IsClosed { get; set; }

    /// <summary>What a mutant keeps for the whole process.</summary>
    public ConcurrentDictionary<string, object> Statics { get; } = new(StringComparer.Ordinal);

    public IEnumerable<Space> Spaces => _spaces.Values;

    public Space Space(string name) => _spaces.GetOrAdd(name, _ => new Space(this));
}

/// <summary>What a store is made of.</summary>
internal sealed record Setup(StoreRequest Request, Space Space)
{
    /// <summary>The largest payload that the store takes.</summary>
    public int MaxPayload { get; init; } = ReferenceStore.MaxPayload;
}
