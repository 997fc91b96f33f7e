using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>What one connection to a server has shown of it. Another connection may lead to another machine or version.</summary>
internal sealed class KnownServer(ProductVariant product)
{
    /// <summary>
    /// How long the store does without transactions after the server has refused one: it does not say whether the reason lasts (a right) or
    /// passes (a slot that has moved).
    /// </summary>
    private const long PauseMilliseconds = 10_000;

    private volatile bool _lacksIfEqual;
    private volatile bool _executesTransactions;
    private long _pausedUntil = long.MinValue;

    public ServerClock Clock { get; } = new();

    /// <summary>Whether the server's scripts are atomic only if it was started so. It does not say whether it was.</summary>
    public bool IsGarnet => product == ProductVariant.Garnet;

    /// <summary>
    /// Gets or sets whether SET compares (IFEQ): Valkey 8.1 and Redis 8.4 can. True until the server has refused it, because versions and
    /// names are told differently by each product.
    /// </summary>
    public bool HasIfEqual
    {
        get => !_lacksIfEqual;
        set => _lacksIfEqual = !value;
    }

    /// <summary>Whether a script can be part of a transaction. Garnet never replies to such a transaction.</summary>
    public bool HasTransactions => !IsGarnet && Environment.TickCount64 >= Volatile.Read(ref _pausedUntil);

    /// <summary>Gets or sets whether the server has executed a transaction, and refused none since.</summary>
    public bool ExecutesTransactions
    {
        get => _executesTransactions;
        set => _executesTransactions = value;
    }

    public void PauseTransactions()
    {
        _executesTransactions = false;
        Volatile.Write(ref _pausedUntil, Environment.TickCount64 + PauseMilliseconds);
    }
}
