namespace ServerSessions;

/// <summary>Names that the library and its stores keep things under in a session object.</summary>
internal static class ReservedKeys
{
    /// <summary>The instant at which a session was made; see <see cref="SessionLifetimes"/>.</summary>
    public const string Created = "__created";

    /// <summary>Where a session went that has a new id; see <see cref="SessionMoves"/>.</summary>
    public const string Moved = "__moved";

    // session-file-store's; the store of files keeps the expiry there.
    private const string LastAccess = "__lastAccess";

    public static ReadOnlySpan<string> All => Names;

    private static readonly string[] Names = [Created, Moved, LastAccess];

    /// <exception cref="ArgumentException">It is one of them.</exception>
    public static void ThrowIfReserved(string key)
    {
        if (key is Created or Moved or LastAccess)
        {
            throw new ArgumentException(
                $"The key \"{key}\" belongs to the library, which keeps the life of a session there. Use another name.",
                nameof(key)
            );
        }
    }
}
