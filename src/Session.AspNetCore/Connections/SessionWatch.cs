using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// Closes connections whose session has ended: at once if this process has ended it, otherwise at the next check. A check reads each
/// session once, regardless of the number of its connections, and extends none.
/// </summary>
internal sealed class SessionWatch(
    ServerSessionOptions options,
    TimeProvider timeProvider,
    Latest<SessionScopes> scopes,
    string backend,
    ILogger logger
) : IRecordWatcher, IDisposable
{
    // Sessions that are read at once. The checks must not take the connections that requests need.
    private const int AtOnce = 4;

    // A session is renewed a few times at most between two checks, unless a tombstone names another in a circle.
    private const int MaxMoves = 32;

    private readonly Lock _turn = new();
    private readonly Dictionary<string, HashSet<WatchedConnection>> _sessions = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private ITimer? _timer;
    private bool _isArmed;

    /// <summary>Watches the session of a connection.</summary>
    /// <param name="key">The store key of the session.</param>
    /// <param name="close">Closes the connection. Called at most once, and not after the result was disposed.</param>
    public IDisposable Add(string key, Action close)
    {
        var connection = new WatchedConnection(this, key, close);
        lock (_turn)
        {
            ConnectionsOf(key).Add(connection);
            Arm();
        }

        return connection;
    }

    public void OnRemoved(string key)
    {
        HashSet<WatchedConnection>? connections;
        lock (_turn)
        {
            if (!_sessions.Remove(key, out connections))
            {
                return;
            }
        }

        var closed = connections.Count(connection => connection.Close(logger));
        Log.ConnectionsClosed(logger, closed);
    }

    public void OnMoved(string from, string to)
    {
        lock (_turn)
        {
            if (from == to || !_sessions.Remove(from, out var connections))
            {
                return;
            }

            foreach (var connection in connections)
            {
                connection.Key = to;
                ConnectionsOf(to).Add(connection);
            }
        }
    }

    public void Dispose()
    {
        lock (_turn)
        {
            _timer?.Dispose();
            _stop.Cancel();
        }
    }

    private void Remove(WatchedConnection connection)
    {
        lock (_turn)
        {
            if (_sessions.TryGetValue(connection.Key, out var connections) && connections.Remove(connection) && connections.Count == 0)
            {
                _sessions.Remove(connection.Key);
            }
        }
    }

    private HashSet<WatchedConnection> ConnectionsOf(string key)
    {
        if (!_sessions.TryGetValue(key, out var connections))
        {
            _sessions[key] = connections = [];
        }

        return connections;
    }

    /// <summary>Plans the next check, unless one is planned or running. Without connections there is none.</summary>
    private void Arm()
    {
        if (_isArmed || _sessions.Count == 0 || _stop.IsCancellationRequested)
        {
            return;
        }

        _isArmed = true;
        if (_timer is null)
        {
            // A check belongs to no request.
            using var noFlow = ExecutionContext.SuppressFlow();
            _timer = timeProvider.CreateTimer(
                static watch => _ = ((SessionWatch)watch!).CheckAsync(),
                this,
                options.ConnectionCheckInterval,
                Timeout.InfiniteTimeSpan
            );
        }
        else
        {
            _timer.Change(options.ConnectionCheckInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task CheckAsync()
    {
        try
        {
            string[] keys;
            lock (_turn)
            {
                keys = [.. _sessions.Keys];
            }

            // The first failure ends the check: the store is slow to fail, and the next check tries all again.
            await Parallel.ForEachAsync(
                keys,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _stop.Token },
                CheckAsync
            );
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The application ends.
        }
        catch (Exception failure)
        {
            Log.ConnectionCheckFailed(logger, backend, failure);
        }
        finally
        {
            lock (_turn)
            {
                _isArmed = false;
                Arm();
            }
        }
    }

    private async ValueTask CheckAsync(string key, CancellationToken cancellationToken)
    {
        var reader = scopes.Value!;
        for (var move = 0; move < MaxMoves; move++)
        {
            var reading = await reader.LookAsync(key, cancellationToken);
            if (reading.SuccessorKey is not { } successor)
            {
                if (reading.Session is null)
                {
                    OnRemoved(key);
                }

                return;
            }

            OnMoved(key, successor);
            key = successor;
        }
    }

    /// <summary>A connection that is closed when its session ends.</summary>
    private sealed class WatchedConnection(SessionWatch watch, string key, Action close) : IDisposable
    {
        private readonly Lock _turn = new();
        private bool _isOver;

        /// <summary>The store key of the session. Guarded by the watch's lock.</summary>
        public string Key { get; set; } = key;

        /// <summary>Closes the connection, unless it is closed. The server may reuse its request as soon as it is disposed.</summary>
        public bool Close(ILogger logger)
        {
            lock (_turn)
            {
                if (_isOver)
                {
                    return false;
                }

                _isOver = true;
                try
                {
                    close();
                }
                catch (Exception failure)
                {
                    // A sign-out must not fail because of it.
                    Log.ConnectionNotClosed(logger, failure);
                }

                return true;
            }
        }

        public void Dispose()
        {
            watch.Remove(this);
            lock (_turn)
            {
                _isOver = true;
            }
        }
    }
}
