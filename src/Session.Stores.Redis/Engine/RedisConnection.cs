using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>
/// The multiplexer: one that was handed in, or one that is made at first use and closed at the end. A failure to make it is not kept; one
/// that was made connects again by itself. Knows the clock of each server.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly RedisSettings _settings;
    private readonly RedisFailures _failures;
    private readonly Action _opened;
    private readonly Action<bool> _reachable;
    private readonly ConcurrentDictionary<EndPoint, ServerClock> _clocks = new();
    private readonly Lock _connecting = new();
    private readonly Lock _watching = new();
    private readonly ConnectionReason _reason;
    private Task<IConnectionMultiplexer>? _connection;
    private Task? _disposal;
    private volatile IConnectionMultiplexer? _multiplexer;
    private volatile bool _disposed;
    private bool _isReachable = true;

    public RedisConnection(RedisSettings settings, RedisFailures failures, Action opened, Action<bool> reachable)
    {
        _settings = settings;
        _failures = failures;
        _reason = new ConnectionReason(settings);
        _opened = opened;
        _reachable = reachable;
        if (settings.Multiplexer is { } multiplexer)
        {
            Adopt(multiplexer);
        }
    }

    /// <summary>The multiplexer; waits until the first connection was made or, where the server is away, was tried in vain.</summary>
    public ValueTask<IConnectionMultiplexer> MultiplexerAsync(
        SessionStoreOperation operation,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        return _multiplexer is { } multiplexer ? new(multiplexer) : new(ConnectAsync(operation, deadline, cancellationToken));
    }

    public IDatabase Database(IConnectionMultiplexer multiplexer) => multiplexer.GetDatabase(_settings.Database);

    /// <summary>
    /// The clock of the server that holds a key. Where none is connected, one that knows nothing: the command itself then tells why.
    /// </summary>
    public ServerClock Clock(IConnectionMultiplexer multiplexer, RedisKey key)
    {
        try
        {
            return _clocks.GetOrAdd(multiplexer.GetServer(key, flags: CommandFlags.DemandMaster).EndPoint, static _ => new ServerClock());
        }
        catch (Exception error) when (error is InvalidOperationException or RedisException)
        {
            return new ServerClock();
        }
    }

    /// <summary>
    /// What a call that failed with <paramref name="error"/> throws: where the store was disposed meanwhile, that is the reason.
    /// </summary>
    public Exception Failure(Exception error, SessionStoreOperation operation) =>
        _disposed ? new ObjectDisposedException(nameof(RedisSessionStore))
        : error is RedisCommandException && TooLargeFor() is { } count
            ? _failures.NoDatabase(operation, Database(_multiplexer!).Database, count)
        : _failures.From(Reason(error), operation);

    /// <summary>
    /// Before <see cref="Failure"/>, by a call that may wait: finds out why there is no connection, if the driver does not say.
    /// </summary>
    public Task ExplainAsync(Exception error, CallDeadline deadline, CancellationToken cancellationToken) =>
        IsUnexplained(error) ? _reason.FindAsync(_multiplexer!, deadline, cancellationToken) : Task.CompletedTask;

    private Exception Reason(Exception error) =>
        IsUnexplained(error)
        && _reason.Known(_multiplexer!) is { } found
        && (RedisFailures.IsExplained(found) || error.InnerException is null)
            ? found
            : error;

    private bool IsUnexplained(Exception error) =>
        error is RedisConnectionException lost && !RedisFailures.IsExplained(lost) && _multiplexer is { IsConnected: false } && !_disposed;

    /// <summary>
    /// Where the driver may not ask how many databases there are, it takes the server's refusal of a number for nothing, and goes on in the
    /// first database.
    /// </summary>
    public async Task CheckDatabaseAsync(IConnectionMultiplexer multiplexer)
    {
        var database = Database(multiplexer);
        if (
            database.Database > 0
            && multiplexer.GetServers().Any(static server => server.IsConnected)
            && !multiplexer.GetServers().Any(static server => server.IsConnected && server.DatabaseCount > 0)
        )
        {
            try
            {
                await database.ScriptEvaluateAsync(RedisScript.Select.Text, [], [database.Database]).ConfigureAwait(false);
            }
            catch (RedisServerException error) when (error.Message.Contains("out of range", StringComparison.OrdinalIgnoreCase))
            {
                throw _failures.NoDatabase(SessionStoreOperation.Open, database.Database, null);
            }
            catch (RedisException)
            {
                // The call that comes next says what is wrong.
            }
        }
    }

    /// <summary>How many databases there are; <see langword="null"/> if that is enough, or not known.</summary>
    private int? TooLargeFor()
    {
        if (_multiplexer is not { } multiplexer)
        {
            return null;
        }

        var number = Database(multiplexer).Database;
        var counts = multiplexer
            .GetServers()
            .Where(static server => server.IsConnected)
            .Select(static server => server.DatabaseCount)
            .Where(static count => count > 0);
        return counts.Cast<int?>().FirstOrDefault(count => number >= count);
    }

    public ValueTask DisposeAsync()
    {
        lock (_connecting)
        {
            _disposed = true;
            return new ValueTask(_disposal ??= CloseAsync(_connection));
        }
    }

    private async Task CloseAsync(Task<IConnectionMultiplexer>? connection)
    {
        // Off the lock, and after an attempt that is under way: what it makes is closed as well.
        await Task.Yield();
        await ((Task?)connection ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_multiplexer is { } multiplexer)
        {
            multiplexer.ConnectionFailed -= OnFailed;
            multiplexer.ConnectionRestored -= OnRestored;
            if (connection is not null)
            {
                await multiplexer.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, typeof(RedisSessionStore));

    private async Task<IConnectionMultiplexer> ConnectAsync(
        SessionStoreOperation operation,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        Task<IConnectionMultiplexer> connection;
        lock (_connecting)
        {
            ThrowIfDisposed();
            connection = _connection is null || _connection.IsFaulted || _connection.IsCanceled ? _connection = MakeAsync() : _connection;
        }

        try
        {
            // The attempt goes on for those who wait longer.
            return await connection.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw Failure(error, operation);
        }
    }

    private async Task<IConnectionMultiplexer> MakeAsync()
    {
        // Off the caller's thread: the driver resolves names and starts threads before its first await.
        await Task.Yield();
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(_settings.Configuration!).ConfigureAwait(false);
        try
        {
            await CheckDatabaseAsync(multiplexer).ConfigureAwait(false);
        }
        catch
        {
            await multiplexer.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        Adopt(multiplexer);
        return multiplexer;
    }

    private void Adopt(IConnectionMultiplexer multiplexer)
    {
        multiplexer.ConnectionFailed += OnFailed;
        multiplexer.ConnectionRestored += OnRestored;
        _multiplexer = multiplexer;
        _opened();
        Watch();
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs change) => OnChange(change);

    private void OnRestored(object? sender, ConnectionFailedEventArgs change)
    {
        _reason.Forget();
        OnChange(change);
    }

    private void OnChange(ConnectionFailedEventArgs change)
    {
        if (change.ConnectionType == ConnectionType.Interactive)
        {
            // Behind the same name there may be another machine now.
            if (change.EndPoint is { } server)
            {
                _clocks.TryRemove(server, out _);
            }

            Watch();
        }
    }

    /// <summary>
    /// Reachable as long as any server is connected: where one primary of a cluster is away, the sessions of the others are served, and
    /// while a replica takes over, the driver does not say when it has.
    /// </summary>
    private void Watch()
    {
        // Within the lock, so that the last event that is raised tells the state that holds.
        lock (_watching)
        {
            var isReachable = _multiplexer is { IsConnected: true };
            if (isReachable != _isReachable && !_disposed)
            {
                _isReachable = isReachable;
                _reachable(isReachable);
            }
        }
    }
}
