namespace ServerSessions.Testing;

/// <summary>
/// A place in a Redis server that one test has to itself, empty at first: keys under <see cref="KeyPrefix"/> at
/// <see cref="ConnectionString"/>.
/// </summary>
public sealed class RedisPlace : IAsyncDisposable
{
    private readonly Func<RedisPlace, ValueTask>? _release;

    internal RedisPlace(string connectionString, string url, string keyPrefix, Func<RedisPlace, ValueTask>? release)
    {
        ConnectionString = connectionString;
        Url = url;
        KeyPrefix = keyPrefix;
        _release = release;
    }

    /// <summary>In StackExchange.Redis's form, with the database.</summary>
    public string ConnectionString { get; }

    /// <summary>As <c>redis://</c>, with the database; of a cluster, its first node.</summary>
    public string Url { get; }

    /// <summary>
    /// What the keys of this place begin with. Where the server is shared with others, only this tells them apart: use it always.
    /// </summary>
    public string KeyPrefix { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _release?.Invoke(this) ?? ValueTask.CompletedTask;
}
