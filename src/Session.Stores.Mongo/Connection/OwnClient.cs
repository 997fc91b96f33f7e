using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;

namespace ServerSessions.Stores.Mongo.Connection;

/// <summary>Creates and closes the client of a store that was given a connection string.</summary>
internal static class OwnClient
{
    /// <summary>
    /// Creates a client. Resolves a name of mongodb+srv first. Cuts waits to the timeout: the driver waits 30 seconds for a server, 30 for
    /// a connection and 2 minutes for a place in the pool.
    /// </summary>
    public static async Task<MongoClient> CreateAsync(MongoUrl url, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var settings = await SettingsAsync(url, cancellationToken).ConfigureAwait(false);

        // Slightly less than the timeout, so that the driver's more specific error is reported.
        settings.ServerSelectionTimeout = Shorter(settings.ServerSelectionTimeout, timeout * 0.9);
        settings.ConnectTimeout = Shorter(settings.ConnectTimeout, timeout);

        // By default the driver refuses the 501st waiting call. Here the timeout is the limit. Obsolete, but has no replacement.
#pragma warning disable CS0618
        settings.WaitQueueSize = int.MaxValue;
#pragma warning restore CS0618
        settings.WaitQueueTimeout = Shorter(settings.WaitQueueTimeout, timeout);

        // The driver's activities quote the server, which quotes the id of a duplicate key.
        settings.TracingOptions = new TracingOptions { Disabled = true };

        // Clients with equal settings share connections. A delegate of its own makes these settings unique, so that the connections can be
        // closed.
        var own = new object();
        settings.ClusterConfigurator = _ => GC.KeepAlive(own);
        return new MongoClient(settings);
    }

    /// <summary>
    /// Closes a client. Disposing alone leaves its connections, timers and two threads per server in the driver's registry.
    /// </summary>
    public static void Close(MongoClient client)
    {
        var cluster = client.Cluster;
        client.Dispose();
        ClusterRegistry.Instance.UnregisterAndDisposeCluster(cluster);
    }

    /// <summary>
    /// Resolves the options (DNS TXT) of <c>mongodb+srv</c>, for which the driver blocks. The driver resolves the servers (SRV) itself,
    /// repeatedly. It takes no settings from a URL that is resolved already.
    /// </summary>
    private static async Task<MongoClientSettings> SettingsAsync(MongoUrl url, CancellationToken cancellationToken)
    {
        if (url.Scheme != ConnectionStringScheme.MongoDBPlusSrv)
        {
            return MongoClientSettings.FromUrl(url);
        }

        var asking = Task.Run(() => MongoClientSettings.FromUrl(url), CancellationToken.None);
        try
        {
            return await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            CallDeadline.Abandon(asking);
            throw;
        }
        catch (Exception error) when (error is not MongoConfigurationException)
        {
            // Its DNS exceptions have types of another package.
            throw new IOException($"The DNS records of the server could not be resolved ({error.GetType().Name}).");
        }
    }

    private static TimeSpan Shorter(TimeSpan configured, TimeSpan limit) =>
        configured <= TimeSpan.Zero || configured > limit ? limit : configured;
}
