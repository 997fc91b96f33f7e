using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MongoDB.Driver;

namespace ServerSessions.Stores.Mongo.Connection;

/// <summary>A parsed connection string. Its description contains no password.</summary>
internal sealed class MongoLocation
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private readonly ServerNames _servers;

    private MongoLocation(MongoUrl url, string text) => (Url, _servers) = (url, new ServerNames(url, text));

    public MongoUrl Url { get; }

    public string? DatabaseName => Url.DatabaseName;

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

        if (url.Servers.Any(static server => !HostNames.IsHost(server.Host) && !server.Host.StartsWith('/')))
        {
            return "has a host that is neither a name nor an address. Names, passwords and values must be percent-encoded.";
        }

        var options = connectionString.IndexOf('?', StringComparison.Ordinal);
        if (options >= 0 && connectionString.AsSpan(options).Contains('@'))
        {
            // The text before it may be part of a password, which the driver reads as a host and an option.
            return "names no host for certain: it has an '@' after the first '?'. Write '?' in a user or password as %3F, and '@' as %40, "
                + "also in an option.";
        }

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
