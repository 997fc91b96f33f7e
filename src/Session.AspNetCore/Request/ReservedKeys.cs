namespace ServerSessions;

/// <summary>The names in a session object that are reserved for the library and its stores.</summary>
internal static class ReservedKeys
{
    /// <summary>The member with the instant at which a session was created; see <see cref="SessionLifetimes"/>.</summary>
    public const string Created = "__created";

    /// <summary>The member of a tombstone with the new place of a renewed session; see <see cref="Tombstones"/>.</summary>
    public const string Moved = "__moved";

    /// <summary>The member with the authentication tickets; see <see cref="SessionTickets"/>.</summary>
    public const string Tickets = "__tickets";

    /// <summary>The member of a record that, during a move between stores, stands in place of a session.</summary>
    public const string Carry = "__carry";

    /// <summary>The member with the sign-in; see <see cref="StoredLogin"/>.</summary>
    public const string Login = "__login";

    /// <summary>The member of a record that stands in a session's place while it is imported; see <see cref="ImportClaims"/>.</summary>
    public const string Import = "__import";

    // From session-file-store: the file store keeps the expiry in it.
    private const string LastAccess = "__lastAccess";

    public static ReadOnlySpan<string> All => Names;

    private static readonly string[] Names = [Created, Moved, Tickets, Login, Carry, Import, LastAccess];

    /// <exception cref="ArgumentException">The key is reserved.</exception>
    public static void ThrowIfReserved(string key)
    {
        if (key is Created or Moved or Tickets or Login or Carry or Import or LastAccess)
        {
            throw new ArgumentException(
                $"The key \"{key}\" is reserved: the library uses it inside the session. Use another name.",
                nameof(key)
            );
        }
    }
}
