using System.Net;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>Parses a connection string, in the driver's syntax or as a URL.</summary>
internal static class RedisConnectionString
{
    public static bool TryParse(string? text, out ConfigurationOptions options, out string error)
    {
        options = null!;
        if (string.IsNullOrWhiteSpace(text))
        {
            error = "is empty. Set it to 'localhost:6379' or 'redis://localhost:6379', for example.";
            return false;
        }

        if (RedisUrl.IsUrl(text))
        {
            return TryParseUrl(text, out options, out error);
        }

        // The driver accepts any string without an equals sign as a host.
        if (text.Contains("://", StringComparison.Ordinal) && !text.Contains('='))
        {
            error = "is not a URL of Redis, which starts with 'redis://' or, with TLS, 'rediss://'.";
            return false;
        }

        var wrong = WrongServer(text);
        if (wrong is not null || !TryParseDriver(text, out options))
        {
            error =
                $"is no connection string of StackExchange.Redis: {wrong ?? WrongOption(text)} is not understood. Write "
                + $"'host:6379,password=…': servers first, each as "
                + "'host' or 'host:port', then options. If a password holds a comma, use the form 'redis://user:password@host' with "
                + "the comma as %2C.";
            return false;
        }

        error = "names no server. Write 'host:6379', for example.";
        return options.EndPoints.Count > 0;
    }

    private static bool TryParseUrl(string text, out ConfigurationOptions options, out string error)
    {
        try
        {
            (options, error) = (RedisUrl.Parse(text), "");
            return true;
        }
        catch (StoreUrlException malformed)
        {
            (options, error) = (null!, malformed.Message);
            return false;
        }
    }

    private static bool TryParseDriver(string text, out ConfigurationOptions options)
    {
        try
        {
            options = ConfigurationOptions.Parse(text);
            return true;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            options = null!;
            return false;
        }
    }

    /// <summary>
    /// Finds a part that the driver would take for a server, though it is none. The driver accepts any part without an equals sign: the
    /// rest of a password after a comma, or a user and a password before an at-sign. Messages would show it as the server's name.
    /// </summary>
    private static string? WrongServer(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var firstOption = Array.FindIndex(parts, IsOption);
        var wrong = Array.FindIndex(parts, part => part.Length > 0 && !IsOption(part) && !IsServer(part));
        if (wrong < 0 && firstOption >= 0)
        {
            // If no server comes first, a host with a port is a server. After a server, what looks like one may be the rest of a password.
            wrong = Array.FindIndex(parts, firstOption, part => part.Length > 0 && !IsOption(part) && !(firstOption == 0 && HasPort(part)));
        }

        return wrong < 0 ? null : Name(wrong, parts.Length);
    }

    private static bool IsOption(string part) => part.IndexOf('=', StringComparison.Ordinal) > 0;

    private static bool IsServer(string part) =>
        part.StartsWith("!/", StringComparison.Ordinal) || IPAddress.TryParse(part, out _) || RedisUrl.TrySplitHost(part, out _, out _);

    private static bool HasPort(string part) => RedisUrl.TrySplitHost(part, out _, out var port) && port > 0;

    private static string WrongOption(string text)
    {
        var parts = text.Split(',');
        var wrong = Array.FindIndex(parts, static part => !TryParseDriver(part, out _));
        return wrong < 0 ? "one of its parts" : Name(wrong, parts.Length);
    }

    /// <summary>Gives the number of the part and not its text, which may be half of a password.</summary>
    private static string Name(int part, int parts) => $"part {part + 1} of {parts}";
}
