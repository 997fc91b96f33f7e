using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>What the options said when the store was made.</summary>
internal sealed class RedisSettings
{
    // Milliseconds: how often the driver looks whether calls have waited for too long. Shorter pauses of a server that is well do not cost
    // it its connections.
    private const int LeastSilence = 1000;

    public RedisSettings(RedisSessionStoreOptions options)
    {
        Multiplexer = options.Multiplexer;
        Timeout = options.OperationTimeout;
        ScanCount = options.ScanCount;
        if (Multiplexer is null && RedisLocation.TryParse(options.ConnectionString, out var configuration, out _))
        {
            Configuration = Tune(configuration, Timeout);
        }

        var url = Configuration is not null && RedisUrl.IsUrl(options.ConnectionString) ? options.ConnectionString : null;
        Servers = ServerNames.Of(Configuration?.EndPoints ?? Multiplexer!.GetEndPoints().AsEnumerable(), url);
        if (url is not null)
        {
            RedisUrl.SetDefaultPorts(Configuration!);
        }

        Database = options.Database >= 0 ? options.Database : Configuration?.DefaultDatabase ?? -1;
    }

    /// <summary>The one that was handed in.</summary>
    public IConnectionMultiplexer? Multiplexer { get; }

    /// <summary>For one of the store's own.</summary>
    public ConfigurationOptions? Configuration { get; }

    public int Database { get; }

    public TimeSpan Timeout { get; }

    public int ScanCount { get; }

    /// <summary>Whether the connection is over TLS; <see langword="null"/>: it was handed in.</summary>
    public bool? IsTls => Configuration?.Ssl;

    /// <summary>Hosts and ports, for messages.</summary>
    public string Servers { get; }

    private static ConfigurationOptions Tune(ConfigurationOptions configuration, TimeSpan timeout)
    {
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.IncludeDetailInExceptions = false;

        // The first attempt tells what is wrong; further ones would keep the first callers waiting, and go on in the background in any
        // case.
        configuration.ConnectRetry = 1;

        // The driver forgets what it has not sent by then.
        configuration.AsyncTimeout = Math.Min(Math.Max((int)timeout.TotalMilliseconds, 1), configuration.AsyncTimeout);

        configuration.CircuitBreaker ??= new SilenceBreaker(TimeSpan.FromMilliseconds(Math.Max(configuration.AsyncTimeout, LeastSilence)));

        // The driver's own waits grow to 10 seconds: a server that is back would not be seen for so long.
        configuration.ReconnectRetryPolicy = new ExponentialRetry(500, 2000);
        return configuration;
    }
}
