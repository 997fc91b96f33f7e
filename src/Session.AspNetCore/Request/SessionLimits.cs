using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Enforces the limits of one session. A session that already exceeds a limit stays valid, because Node has no limits. So only growth
/// beyond a limit is refused. The cookie and the library's own members do not count.
/// </summary>
internal sealed class SessionLimits(ServerSessionOptions options)
{
    /// <summary>Checks before a key is set.</summary>
    /// <exception cref="SessionLimitException">The session would have too many keys, or the name or the value is too large.</exception>
    public void CheckSet(SessionDocument document, string key, int valueLength)
    {
        if (document.TryGetJson(key, out var there))
        {
            if (valueLength > options.MaxSessionBytes && valueLength > there.Length)
            {
                throw TooLarge("The value was not set", valueLength);
            }

            return;
        }

        if (key.Length > options.MaxKeyLength)
        {
            throw new SessionLimitException(
                "The value was not set",
                $"its key has {key.Length} characters",
                nameof(options.MaxKeyLength),
                options.MaxKeyLength,
                key.Length,
                "Use a shorter key"
            );
        }

        if (document.Count >= options.MaxKeys && KeysOf(document) is var keys && keys >= options.MaxKeys)
        {
            throw TooMany("The value was not set", keys + 1);
        }

        if (valueLength > options.MaxSessionBytes)
        {
            throw TooLarge("The value was not set", valueLength);
        }
    }

    /// <summary>Whether a session may exceed a limit, so that <see cref="CheckWrite"/> must compare it with what is stored.</summary>
    public bool MayExceed(SessionDocument document) =>
        document.ContentLength > options.MaxSessionBytes || document.Count > options.MaxKeys;

    /// <summary>Checks before a session is written.</summary>
    /// <param name="document">The session.</param>
    /// <param name="before">The session as it is stored; <see langword="null"/> if it is not.</param>
    /// <exception cref="SessionLimitException">The session exceeds a limit, and by more than the stored one.</exception>
    public void CheckWrite(SessionDocument document, SessionDocument? before)
    {
        var (bytes, keys) = (BytesOf(document), KeysOf(document));
        if (bytes > options.MaxSessionBytes && (before is null || bytes > BytesOf(before)))
        {
            throw TooLarge("The session was not stored", bytes);
        }

        if (keys > options.MaxKeys && (before is null || keys > KeysOf(before)))
        {
            throw TooMany("The session was not stored", keys);
        }
    }

    private ReadOnlySpan<string> Uncounted => options.AllowReservedKeys ? [] : ReservedKeys.All;

    private long BytesOf(SessionDocument document)
    {
        var bytes = document.ContentLength;
        foreach (var key in Uncounted)
        {
            // As in ContentLength: two quotes, a colon and a comma.
            bytes -= document.TryGetJson(key, out var json) ? key.Length + json.Length + 4 : 0;
        }

        return bytes;
    }

    private int KeysOf(SessionDocument document)
    {
        var keys = document.Count;
        foreach (var key in Uncounted)
        {
            keys -= document.TryGetJson(key, out _) ? 1 : 0;
        }

        return keys;
    }

    private SessionLimitException TooLarge(string attempt, long bytes) =>
        new(
            attempt,
            $"it has {bytes} bytes of JSON",
            nameof(options.MaxSessionBytes),
            options.MaxSessionBytes,
            bytes,
            "Keep less in the session, such as the id of a row in a database"
        );

    private SessionLimitException TooMany(string attempt, long keys) =>
        new(
            attempt,
            $"the session would have {keys} keys",
            nameof(options.MaxKeys),
            options.MaxKeys,
            keys,
            "Remove some, or store several values under one key"
        );
}
