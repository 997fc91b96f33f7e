using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;

namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>A parsed connection string. Its description contains no password.</summary>
internal sealed class MongoLocation
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private readonly MongoUrl _url;

    private readonly ServerNames _servers;

    private MongoLocation(MongoUrl url, string text) => (_url, _servers) = (url, new ServerNames(url, text));

    public string? DatabaseName => _url.DatabaseName;

    /// <summary>The servers for messages; for <c>mongodb+srv</c> the name to resolve.</summary>
    public string Hosts => _servers.ToString();

    /// <summary>Whether messages may quote the driver, which names every server.</summary>
    public bool MayQuoteDriver => _servers.IsComplete;

    public static bool TryParse(
        string? connectionString,
        [NotNullWhen(true)] out MongoLocation? location,
        [NotNullWhen(false)] out string? error
    )
    {
        location = null;

        // A secret from a mounted file often ends with a line break, which would be part of the last name or value.
        connectionString = connectionString?.TrimEnd('\r', '\n');
        error = Refuse(connectionString, out var url);
        if (error is null)
        {
            location = new MongoLocation(url!, connectionString!);
        }

        return error is null;
    }

    /// <summary>
    /// Creates the store's own client. Resolves a name of mongodb+srv first. Cuts waits to the timeout: the driver waits 30 seconds for a
    /// server, 30 for a connection and 2 minutes for a place in the pool.
    /// </summary>
    public async Task<MongoClient> ConnectAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var settings = await SettingsAsync(cancellationToken).ConfigureAwait(false);

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
    /// Closes a client of <see cref="ConnectAsync"/>. Disposing alone leaves its connections, timers and two threads per server in the
    /// driver's registry.
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
    private async Task<MongoClientSettings> SettingsAsync(CancellationToken cancellationToken)
    {
        if (_url.Scheme != ConnectionStringScheme.MongoDBPlusSrv)
        {
            return MongoClientSettings.FromUrl(_url);
        }

        var asking = Task.Run(() => MongoClientSettings.FromUrl(_url), CancellationToken.None);
        try
        {
            return await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not (MongoConfigurationException or OperationCanceledException))
        {
            // Its DNS exceptions have types of another package.
            throw new IOException($"The DNS records of the server could not be resolved ({error.GetType().Name}).");
        }
        finally
        {
            _ = asking.ContinueWith(
                static ended => _ = ended.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default
            );
        }
    }

    private static TimeSpan Shorter(TimeSpan configured, TimeSpan limit) =>
        configured <= TimeSpan.Zero || configured > limit ? limit : configured;

    /// <returns>What is wrong. The driver's own messages repeat the whole string with the password.</returns>
    private static string? Refuse(string? connectionString, out MongoUrl? url)
    {
        url = null;
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return "is empty. Set a connection string: 'mongodb://localhost:27017/app'.";
        }

        try
        {
            url = new MongoUrl(connectionString);
        }
        catch (Exception error) when (error is MongoConfigurationException or FormatException or ArgumentException)
        {
            return "is no MongoDB connection string, 'mongodb://user:password@host:27017/database?option=value'. Names, passwords and "
                + "values must be percent-encoded.";
        }

        // After a slash in a password, the rest up to the at-sign would be taken for the database and shown in messages.
        if (url.DatabaseName is { } database && !MongoSessionStoreOptionsValidator.IsDatabaseName(database))
        {
            return "names a database with a character that is not allowed there. Write a slash or question mark in a password as "
                + "%2F or %3F.";
        }

        if (url.Servers.Any(static server => !HostText.IsHost(server.Host) && !server.Host.StartsWith('/')))
        {
            return "has a host that is neither a name nor an address. Names, passwords and values must be percent-encoded.";
        }

        var options = connectionString.IndexOf('?', StringComparison.Ordinal);
        if (
            options >= 0
            && connectionString[(options + 1)..]
                .Split('&')
                .Any(static option =>
                    option.AsSpan(0, Math.Max(option.IndexOf('=', StringComparison.Ordinal), 0)).ContainsAnyExcept(Letters)
                )
        )
        {
            return "has an option whose name is not made of letters. Write a question mark or ampersand in a password as %3F or %26.";
        }

        return url.W is WriteConcern.WCount { Value: 0 }
            ? "sets w=0, so the store cannot tell whether a session was stored. Remove it."
            : null;
    }
}
