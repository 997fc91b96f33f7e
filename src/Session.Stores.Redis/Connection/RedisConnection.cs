using System.Collections.Concurrent;
using System.Net;
using ServerSessions.Stores.Redis.Statements;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>
/// Holds the multiplexer: one that was passed in, or one created at first use and closed on disposal. After a failure to create it, the
/// next call tries again; once created, it reconnects by itself. Holds what is known of each server.
/// </summary>
internal sealed class RedisConnection
{
    private readonly RedisSettings _settings;
    private readonly RedisErrors _errors;
    private readonly Action _opened;
    private readonly Action<KnownServer> _met;
    private readonly Action<bool> _reachable;
    private readonly ConcurrentDictionary<EndPoint, KnownServer> _servers = new();
    private readonly Lock _connecting = new();
    private readonly Lock _watching = new();
    private readonly ConnectionFailure _reason;
    private Task<IConnectionMultiplexer>? _connection;
    private volatile IConnectionMultiplexer? _multiplexer;
    private volatile bool _isDisposed;
    private bool _isReachable = true;

    public RedisConnection(
        RedisSettings settings,
        RedisErrors errors,
        Action opened,
        Action<KnownServer> met,
        Action<bool> reachable
    )
    {
        _settings = settings;
        _errors = errors;
        _reason = new ConnectionFailure(settings);
        _opened = opened;
        _met = met;
        _reachable = reachable;
        if (settings.Multiplexer is { } multiplexer)
        {
            Adopt(multiplexer);
        }
    }

    /// <summary>Returns the multiplexer, after the first attempt to connect has succeeded or failed.</summary>
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
    /// Returns what is known of the server that holds a key: nothing if that server is not connected. The command then reports why.
    /// </summary>
    public KnownServer Server(IConnectionMultiplexer multiplexer, RedisKey key)
    {
        try
        {
            var server = multiplexer.GetServer(key, flags: CommandFlags.DemandMaster);
            return _servers.TryGetValue(server.EndPoint, out var known) ? known : Meet(server);
        }
        catch (Exception error) when (error is InvalidOperationException or RedisException)
        {
            return new KnownServer(ProductVariant.Redis);
        }
    }

    private KnownServer Meet(IServer server)
    {
        var met = new KnownServer(server.GetProductVariant(out _));
        var known = _servers.GetOrAdd(server.EndPoint, met);
        if (known == met)
        {
            _met(met);
        }

        return known;
    }

    /// <summary>
    /// Returns the exception for a call that failed with <paramref name="error"/>. If the store was disposed meanwhile, it says so.
    /// </summary>
    public Exception Failure(Exception error, SessionStoreOperation operation) =>
        _isDisposed ? new ObjectDisposedException(nameof(RedisSessionStore))
        : error is RedisCommandException && TooLargeFor() is { } count
            ? _errors.NoDatabase(operation, Database(_multiplexer!).Database, count)
        : _errors.From(Reason(error), operation);

    /// <summary>
    /// Waits for the reason why there is no connection, if the driver does not say it. Call before <see cref="Failure"/>.
    /// </summary>
    public Task ExplainAsync(Exception error, CallDeadline deadline, CancellationToken cancellationToken) =>
        IsUnexplained(error) ? _reason.FindAsync(_multiplexer!, deadline, cancellationToken) : Task.CompletedTask;

    private Exception Reason(Exception error) =>
        IsUnexplained(error)
        && _reason.Known(_multiplexer!) is { } found
        && (RedisErrors.IsExplained(found) || error.InnerException is null)
            ? found
            : error;

    private bool IsUnexplained(Exception error) =>
        error is RedisConnectionException lost && !RedisErrors.IsExplained(lost) && _multiplexer is { IsConnected: false } && !_isDisposed;

    /// <summary>
    /// Checks the number of the database if the driver may not ask how many there are: it then ignores the server's refusal and uses
    /// database 0.
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
                await database.ScriptEvaluateAsync(RedisScript.Select, [], [database.Database]).ConfigureAwait(false);
            }
            catch (RedisServerException error) when (error.Message.Contains("out of range", StringComparison.OrdinalIgnoreCase))
            {
                throw _errors.NoDatabase(SessionStoreOperation.Open, database.Database, null);
            }
            catch (RedisException)
            {
                // The next call reports the fault.
            }
        }
    }

    /// <summary>Returns how many databases there are if the configured number is too large; otherwise <see langword="null"/>.</summary>
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

    /// <summary>Refuses further calls and closes the store's own connection. Called once.</summary>
    public async Task CloseAsync()
    {
        Task<IConnectionMultiplexer>? connection;
        lock (_connecting)
        {
            _isDisposed = true;
            connection = _connection;
        }

        // After the current attempt, whose connection is closed too.
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

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, typeof(RedisSessionStore));

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
            // The attempt continues for callers with a longer deadline.
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
            // The same name may lead to another machine or version now.
            if (change.EndPoint is { } server)
            {
                _servers.TryRemove(server, out _);
            }

            Watch();
        }
    }

    /// <summary>
    /// Raises a change of reachability. Reachable means that any server is connected: if one primary of a cluster is down, the others are
    /// served, and the driver does not report when a replica has taken over.
    /// </summary>
    private void Watch()
    {
        // Inside the lock, so that the last event matches the current state.
        lock (_watching)
        {
            var isReachable = _multiplexer is { IsConnected: true };
            if (isReachable != _isReachable && !_isDisposed)
            {
                _isReachable = isReachable;
                _reachable(isReachable);
            }
        }
    }
}
