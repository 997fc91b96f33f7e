using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;

namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>Where the sessions are, from a connection string. Its description has no password.</summary>
internal sealed class MongoLocation
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private readonly MongoUrl _url;

    private readonly ServerNames _servers;

    private MongoLocation(MongoUrl url, string text) => (_url, _servers) = (url, new ServerNames(url, text));

    public string? DatabaseName => _url.DatabaseName;

    /// <summary>The servers, for messages; of <c>mongodb+srv</c> the name that is looked up.</summary>
    public string Hosts => _servers.ToString();

    /// <summary>Whether what the driver says of the servers may be shown. It names each of them.</summary>
    public bool MayQuoteDriver => _servers.IsComplete;

    public static bool TryParse(
        string? connectionString,
        [NotNullWhen(true)] out MongoLocation? location,
        [NotNullWhen(false)] out string? error
    )
    {
        location = null;

        // A secret that was mounted as a file often ends with a line break. It would be a part of the last name or value.
        connectionString = connectionString?.TrimEnd('\r', '\n');
        error = Refuse(connectionString, out var url);
        if (error is null)
        {
            location = new MongoLocation(url!, connectionString!);
        }

        return error is null;
    }

    /// <summary>
    /// A client of this store's own. A name that has to be looked up (mongodb+srv) is looked up now. Waiting is cut to the timeout: the
    /// driver's own patience is 30 seconds for a server, as long for a connection, and 2 minutes for a place in the pool.
    /// </summary>
    public async Task<MongoClient> ConnectAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var settings = await SettingsAsync(cancellationToken).ConfigureAwait(false);

        // Somewhat less than the timeout, so that the driver, which knows why no server was found, speaks first.
        settings.ServerSelectionTimeout = Shorter(settings.ServerSelectionTimeout, timeout * 0.9);
        settings.ConnectTimeout = Shorter(settings.ConnectTimeout, timeout);

        // The driver refuses the 501st call that waits for a place, though it would have had one within a moment; the timeout is the limit
        // here. Obsolete without a successor.
#pragma warning disable CS0618
        settings.WaitQueueSize = int.MaxValue;
#pragma warning restore CS0618
        settings.WaitQueueTimeout = Shorter(settings.WaitQueueTimeout, timeout);

        // The driver quotes the server in its activities, and the server quotes the id of a duplicate key.
        settings.TracingOptions = new TracingOptions { Disabled = true };

        // Clients with equal settings share their connections. A delegate of its own makes this one unequal, so that its connections can be
        // closed.
        var own = new object();
        settings.ClusterConfigurator = _ => GC.KeepAlive(own);
        return new MongoClient(settings);
    }

    /// <summary>
    /// Closes a client that <see cref="ConnectAsync"/> gave. Disposing it alone leaves its connections, timers and two threads a server to
    /// the driver's registry, for clients with equal settings, of which there are none.
    /// </summary>
    public static void Close(MongoClient client)
    {
        var cluster = client.Cluster;
        client.Dispose();
        ClusterRegistry.Instance.UnregisterAndDisposeCluster(cluster);
    }

    /// <summary>
    /// Of <c>mongodb+srv</c> the driver asks DNS for the options (TXT) here, and blocks meanwhile; for the servers (SRV) it asks later, by
    /// itself and again and again. A URL that was resolved before is not one that it takes settings from.
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
            // Its exceptions of DNS are those of another package.
            throw new IOException($"The DNS records of the server could not be asked for ({error.GetType().Name}).");
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

    /// <returns>What is wrong. The driver's own texts repeat the whole string, password included.</returns>
    private static string? Refuse(string? connectionString, out MongoUrl? url)
    {
        url = null;
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return "is empty. Give a connection string: 'mongodb://localhost:27017/app'.";
        }

        try
        {
            url = new MongoUrl(connectionString);
        }
        catch (Exception error) when (error is MongoConfigurationException or FormatException or ArgumentException)
        {
            return "is no MongoDB connection string, 'mongodb://user:password@host:27017/database?option=value'. Names, passwords and "
                + "values in it are percent-encoded.";
        }

        // What stands between a slash in a password that was not encoded and the at-sign would be taken for the database, and be named in
        // messages.
        if (url.DatabaseName is { } database && !MongoSessionStoreOptionsValidator.IsDatabaseName(database))
        {
            return "names a database with a character that no database's name may have. A slash or question mark in a password is "
                + "written %2F or %3F.";
        }

        if (url.Servers.Any(static server => !HostText.IsHost(server.Host) && !server.Host.StartsWith('/')))
        {
            return "has a host that is no name and no address. Names, passwords and values in it are percent-encoded.";
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
            return "has an option whose name is not made of letters. A question mark or ampersand in a password is written %3F or %26.";
        }

        return url.W is WriteConcern.WCount { Value: 0 }
            ? "says w=0, with which nobody knows whether a session was stored. Remove it."
            : null;
    }
}
