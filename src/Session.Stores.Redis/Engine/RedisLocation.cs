using StackExchange.Redis;

namespace Session.Stores.Redis.Engine;

/// <summary>Reads a connection string, in the driver's form or as a URL.</summary>
internal static class RedisLocation
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
            return RedisUrl.TryParse(text, out options, out error);
        }

        // The driver takes any text without an equals sign for a host.
        if (text.Contains("://", StringComparison.Ordinal) && !text.Contains('='))
        {
            error = "is a URL of something else. A URL of Redis starts with 'redis://' or, with TLS, 'rediss://'.";
            return false;
        }

        if (!TryParseDriver(text, out options))
        {
            error = $"is no connection string of StackExchange.Redis: {WrongPart(text)} is not understood. Write 'host:6379,password=…'; "
                + "where a password holds a comma, use the form 'redis://user:password@host' with the comma as %2C.";
            return false;
        }

        error = "names no server. Write 'host:6379', for example.";
        return options.EndPoints.Count > 0;
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

    /// <summary>Counts the parts and does not repeat them: one may be half of a password.</summary>
    private static string WrongPart(string text)
    {
        var parts = text.Split(',');
        var wrong = Array.FindIndex(parts, static part => !TryParseDriver(part, out _));
        return wrong < 0 ? "one of its parts" : $"part {wrong + 1} of {parts.Length}";
    }
}
