using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>The keys of a session as the application sees them: without the library's own members, and within the limits.</summary>
internal sealed class ApplicationKeys(ServerSessionOptions options, SessionLimits limits, SessionLifetimes lifetimes)
{
    public JsonSerializerOptions SerializerOptions => options.SerializerOptions;

    public IReadOnlyList<string> List(SessionDocument document) =>
        CountHidden(document) == 0 ? document.Keys : [.. document.Keys.Where(key => !IsHidden(key))];

    public int Count(SessionDocument document) => document.Count - CountHidden(document);

    public bool TryGetJson(SessionDocument document, string key, out ReadOnlyMemory<byte> json)
    {
        if (IsHidden(key))
        {
            json = default;
            return false;
        }

        return document.TryGetJson(key, out json);
    }

    /// <summary>Returns the value of a key; <see langword="null"/> if it is absent.</summary>
    public ReadOnlyMemory<byte>? Find(SessionDocument document, string key) =>
        TryGetJson(document, key, out var json) ? json : default(ReadOnlyMemory<byte>?);

    /// <summary>Sets a key of a request's session, or removes it.</summary>
    /// <exception cref="SessionLimitException">The session has too many keys, or the key or the value is too large.</exception>
    public void Change(RequestSession request, string key, ReadOnlyMemory<byte>? json)
    {
        if (json is { } value)
        {
            Set(request, key, value);
        }
        else
        {
            Remove(request, key);
        }
    }

    /// <summary>Refuses a change that makes a session too large.</summary>
    /// <exception cref="SessionLimitException">The session has too many keys, or the key or the value is too large.</exception>
    public void CheckChange(SessionDocument document, string key, ReadOnlyMemory<byte>? json)
    {
        if (json is { } value)
        {
            limits.CheckSet(document, key, value.Length);
        }
    }

    /// <summary>Refuses a name that cannot be a key, before anything else is done.</summary>
    /// <exception cref="ArgumentException">The key is reserved.</exception>
    public void ThrowIfReserved(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key == SessionDocument.CookieName)
        {
            throw new ArgumentException("The key \"cookie\" is reserved for the session's cookie. Use another name.", nameof(key));
        }

        if (!options.AllowReservedKeys)
        {
            ReservedKeys.ThrowIfReserved(key);
        }
    }

    /// <exception cref="ArgumentException">The key is reserved.</exception>
    /// <exception cref="SessionLimitException">The session has too many keys, or the key or the value is too large.</exception>
    public void Set(RequestSession request, string key, ReadOnlyMemory<byte> json)
    {
        ThrowIfReserved(key);
        var document = request.State!.Document;
        limits.CheckSet(document, key, json.Length);
        document.SetJson(key, json);
        request.OnChanged(key);
    }

    /// <exception cref="ArgumentException">The key is reserved.</exception>
    public bool Remove(RequestSession request, string key)
    {
        ThrowIfReserved(key);
        var removed = request.State!.Document.Remove(key);
        request.OnChanged(key);
        return removed;
    }

    /// <summary>Whether a name is a member that is not a key of the session.</summary>
    private bool IsHidden(string key) =>
        (!options.AllowReservedKeys && (key is ReservedKeys.Moved or ReservedKeys.Tickets or ReservedKeys.Login))
        || lifetimes.IsReserved(key);

    private int CountHidden(SessionDocument document) =>
        (lifetimes.KeepsMember(document) ? 1 : 0)
        + (
            options.AllowReservedKeys
                ? 0
                : CountOf(document, ReservedKeys.Moved)
                    + CountOf(document, ReservedKeys.Tickets)
                    + CountOf(document, ReservedKeys.Login)
        );

    private static int CountOf(SessionDocument document, string key) => document.TryGetJson(key, out _) ? 1 : 0;
}
