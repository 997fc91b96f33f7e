using System.Diagnostics;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>
/// Finds out why there is no connection if the driver's exception does not say. The store's own connection is observed from its first
/// attempt. For one that was passed in, a second connection with the same configuration is tried and closed at once.
/// </summary>
internal sealed class ConnectionFailure(RedisSettings settings)
{
    // A reason is valid, and an unreachable server is not tried again, for this long.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConnectionAttempts? _own = settings.Configuration is { } configuration ? new ConnectionAttempts(configuration) : null;
    private readonly Lock _lock = new();
    private Task _search = Task.CompletedTask;
    private volatile RedisConnectionException? _found;
    private long _searched;

    /// <summary>Returns the reason that is known. If none is, starts a search.</summary>
    /// <param name="multiplexer">The one that has no connection.</param>
    public RedisConnectionException? Known(IConnectionMultiplexer multiplexer)
    {
        if (_own is not null)
        {
            return _own.Failure;
        }

        _ = SearchAsync(multiplexer);
        return _found;
    }

    /// <summary>Waits until an attempt has ended at every server. Throws nothing.</summary>
    /// <param name="multiplexer">The one that has no connection.</param>
    /// <param name="deadline">Ends the wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task FindAsync(IConnectionMultiplexer multiplexer, CallDeadline deadline, CancellationToken cancellationToken) =>
        await (_own?.Complete ?? SearchAsync(multiplexer))
            .WaitAsync(deadline.Remaining, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Drops the reason: there is a connection again.</summary>
    public void Forget() => _found = null;

    private Task SearchAsync(IConnectionMultiplexer multiplexer)
    {
        lock (_lock)
        {
            if (_search.IsCompleted && (_searched == 0 || Stopwatch.GetElapsedTime(_searched) >= Pause))
            {
                _search = AskAsync(multiplexer);
            }

            return _search;
        }
    }

    private async Task AskAsync(IConnectionMultiplexer multiplexer)
    {
        // Off the caller's thread: the driver resolves names before its first await.
        await Task.Yield();
        RedisConnectionException? found = null;
        try
        {
            found = await AttemptAsync(Configuration(multiplexer)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or ArgumentException or InvalidOperationException or TimeoutException)
        {
            // The driver's own exception is then the only reason.
        }

        _found = found;
        Volatile.Write(ref _searched, Stopwatch.GetTimestamp());
    }

    private static async Task<RedisConnectionException?> AttemptAsync(ConfigurationOptions configuration)
    {
        configuration.AbortOnConnectFail = false;
        configuration.ConnectRetry = 1;
        configuration.LoggerFactory = null;
        var attempts = new ConnectionAttempts(configuration);
        var asking = await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
        await using (asking.ConfigureAwait(false))
        {
            await attempts
                .Complete.WaitAsync(TimeSpan.FromMilliseconds(configuration.ConnectTimeout))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return attempts.Failure;
        }
    }

    /// <summary>
    /// Returns a copy of the multiplexer's configuration. Its string form has no callbacks: a certificate that only they accept would be
    /// refused.
    /// </summary>
    private static ConfigurationOptions Configuration(IConnectionMultiplexer multiplexer)
    {
        if (multiplexer is ConnectionMultiplexer own)
        {
            try
            {
                return RawConfig(own).Clone();
            }
            catch (MissingMethodException)
            {
                // Another version of the driver: only the string form is public.
            }
        }

        return ConfigurationOptions.Parse(multiplexer.Configuration);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_RawConfig")]
    private static extern ConfigurationOptions RawConfig(ConnectionMultiplexer multiplexer);
}
