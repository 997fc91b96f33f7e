using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>The options as they were when the store was created.</summary>
internal sealed class RedisSettings
{
    // Milliseconds: the driver's interval for checking timeouts. A shorter pause of a healthy server keeps its connections.
    private const int LeastSilence = 1000;

    public RedisSettings(RedisSessionStoreOptions options)
    {
        Multiplexer = options.Multiplexer;
        Timeout = options.OperationTimeout;
        ScanCount = options.ScanCount;
        Prefix = options.Prefix;
        if (Multiplexer is null && RedisConnectionString.TryParse(options.ConnectionString, out var configuration, out _))
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

    /// <summary>The multiplexer that was passed in, if any.</summary>
    public IConnectionMultiplexer? Multiplexer { get; }

    /// <summary>The configuration of the store's own connection, if any.</summary>
    public ConfigurationOptions? Configuration { get; }

    public int Database { get; }

    public TimeSpan Timeout { get; }

    public int ScanCount { get; }

    public string Prefix { get; }

    /// <summary>Whether the connection uses TLS; <see langword="null"/> if it was passed in.</summary>
    public bool? IsTls => Configuration?.Ssl;

    /// <summary>Hosts and ports, for messages.</summary>
    public string Servers { get; }

    private static ConfigurationOptions Tune(ConfigurationOptions configuration, TimeSpan timeout)
    {
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.IncludeDetailInExceptions = false;

        // The first attempt shows the fault. Further ones would delay the first callers, and continue in the background anyway.
        configuration.ConnectRetry = 1;

        // After this, the driver drops what it has not sent.
        configuration.AsyncTimeout = Math.Min(Math.Max((int)timeout.TotalMilliseconds, 1), configuration.AsyncTimeout);

        configuration.CircuitBreaker ??= new SilenceBreaker(TimeSpan.FromMilliseconds(Math.Max(configuration.AsyncTimeout, LeastSilence)));

        // The driver's own pauses grow to 10 seconds: a server that is back would be noticed that late.
        configuration.ReconnectRetryPolicy = new ExponentialRetry(500, 2000);
        return configuration;
    }
}
