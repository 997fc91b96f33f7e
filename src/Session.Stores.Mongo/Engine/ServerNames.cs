using System.Net;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;

namespace Session.Stores.Mongo.Engine;

/// <summary>Servers as messages name them.</summary>
internal static class ServerNames
{
    /// <summary>
    /// Each server's host and port. One whose port is not written is counted and not named, unless it is an address or <c>localhost</c>: it may be a password that
    /// has lost the at-sign behind it. A name that is looked up (<c>mongodb+srv</c>) has no port.
    /// </summary>
    public static string Of(MongoUrl url)
    {
        var all = Written(url);
        var names = all.Where(text => IsName(url, text)).ToList();
        return (names.Count, all.Length - names.Count) switch
        {
            (_, 0) => string.Join(',', names),
            (0, 1) => "one server that is not named here",
            (0, var others) => $"{others} servers that are not named here",
            (_, var others) => $"{string.Join(',', names)} and {others} more",
        };
    }

    /// <summary>Whether all of them are named.</summary>
    public static bool AllOf(MongoUrl url) => Written(url).All(text => IsName(url, text));

    private static bool IsName(MongoUrl url, string text) =>
        url.Scheme == ConnectionStringScheme.MongoDBPlusSrv ? text.Count('.') >= 2
        : text is "localhost" || IPEndPoint.TryParse(text, out _) || text.LastIndexOf(':') > text.LastIndexOf(']');

    /// <summary>As they stand in the string: the driver's list has the port that goes without saying.</summary>
    private static string[] Written(MongoUrl url)
    {
        var text = url.Url;
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var end = rest.AsSpan().IndexOfAny('/', '?');
        var authority = end < 0 ? rest : rest[..end];
        return authority[(authority.LastIndexOf('@') + 1)..].Split(',');
    }
}
