using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ServerSessions.Payload;

namespace ServerSessions;

public sealed partial class ServerSession
{
    private const string UsesReflection =
        "Values of arbitrary types may need code that trimming removed. Use the overload that takes JsonTypeInfo<T>.";

    /// <summary>Reads a value.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="key">The key.</param>
    /// <returns>The value; the default of <typeparamref name="T"/> where the key is absent.</returns>
    /// <exception cref="JsonException">
    /// What is stored is no <typeparamref name="T"/>, or is nested deeper than the <see cref="JsonSerializerOptions.MaxDepth"/> of
    /// <see cref="ServerSessionOptions.SerializerOptions"/>.
    /// </exception>
    [RequiresUnreferencedCode(UsesReflection)]
    [RequiresDynamicCode(UsesReflection)]
    public T? Get<T>(string key) => TryGet<T>(key, out var value) ? value : default;

    /// <inheritdoc cref="Get{T}(string)"/>
    /// <param name="key">The key.</param>
    /// <param name="typeInfo">How to read it, from a source-generated context.</param>
    public T? Get<T>(string key, JsonTypeInfo<T> typeInfo) => TryGet(key, typeInfo, out var value) ? value : default;

    /// <summary>Reads a value, and says whether it is there.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; the default of <typeparamref name="T"/> where the key is absent.</param>
    /// <returns>Whether the key is there, be it with a JSON <c>null</c>.</returns>
    /// <exception cref="JsonException">What is stored is no <typeparamref name="T"/>.</exception>
    [RequiresUnreferencedCode(UsesReflection)]
    [RequiresDynamicCode(UsesReflection)]
    public bool TryGet<T>(string key, out T? value)
    {
        if (!TryGetJson(key, out var json))
        {
            value = default;
            return false;
        }

        value =
            typeof(T) == typeof(string) && SessionJson.DecodeString(json.Span) is { } text
                ? (T)(object)text
                : LoneSurrogates.Deserialize<T>(json.Span, _request.Runtime.Options.SerializerOptions);
        return true;
    }

    /// <inheritdoc cref="TryGet{T}(string, out T)"/>
    /// <param name="key">The key.</param>
    /// <param name="typeInfo">How to read it, from a source-generated context.</param>
    /// <param name="value">The value; the default of <typeparamref name="T"/> where the key is absent.</param>
    public bool TryGet<T>(string key, JsonTypeInfo<T> typeInfo, out T? value)
    {
        var found = TryGetJson(key, out var json);
        value = found ? LoneSurrogates.Deserialize(json.Span, typeInfo) : default;
        return found;
    }

    /// <summary>Reads a value as the JSON that is stored.</summary>
    /// <param name="key">The key.</param>
    /// <param name="json">The JSON, byte for byte as it was written by whichever runtime; valid as long as the session.</param>
    /// <returns>Whether the key is there.</returns>
    public bool TryGetJson(string key, out ReadOnlyMemory<byte> json)
    {
        ThrowIfEnded();
        if (IsHidden(key))
        {
            json = default;
            return false;
        }

        return _document.TryGetJson(key, out json);
    }

    /// <summary>Writes a value: it is turned into JSON now.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="key">
    /// The key. Not <c>cookie</c>, <c>__created</c>, <c>__moved</c> or <c>__lastAccess</c>, which belong to the library (but see
    /// <see cref="ServerSessionOptions.AllowReservedKeys"/>). Node drops keys that name a member of its session object (<c>id</c>,
    /// <c>req</c>, <c>save</c>, <c>toString</c> and the like): avoid them where sessions are shared with it.
    /// </param>
    /// <param name="value">The value; <see langword="null"/> is stored as such, and is not the same as absent.</param>
    /// <exception cref="ArgumentException">The key belongs to the library.</exception>
    /// <exception cref="SessionLimitException">It would be one key too many, or the key or the value is too large by itself. Nothing was
    /// set.</exception>
    /// <exception cref="JsonException">The value is nested deeper than the <see cref="JsonSerializerOptions.MaxDepth"/> of
    /// <see cref="ServerSessionOptions.SerializerOptions"/>.</exception>
    [RequiresUnreferencedCode(UsesReflection)]
    [RequiresDynamicCode(UsesReflection)]
    public void Set<T>(string key, T value) =>
        SetOwned(key, JsonSerializer.SerializeToUtf8Bytes(value, _request.Runtime.Options.SerializerOptions));

    /// <inheritdoc cref="Set{T}(string, T)"/>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">How to write it, from a source-generated context; its options should have
    /// <see cref="SessionJson.Encoder"/>.</param>
    public void Set<T>(string key, T value, JsonTypeInfo<T> typeInfo) =>
        SetOwned(key, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo));

    /// <summary>Writes a value that is JSON already.</summary>
    /// <param name="key">The key, as for <see cref="Set{T}(string, T)"/>.</param>
    /// <param name="json">One JSON value as UTF-8; copied, and stored as it is.</param>
    /// <exception cref="ArgumentException">The key belongs to the library, or the bytes are not one well-formed JSON value.</exception>
    /// <exception cref="SessionLimitException">It would be one key too many, or the key or the value is too large by itself. Nothing was
    /// set.</exception>
    public void SetJson(string key, ReadOnlySpan<byte> json)
    {
        if (!SessionJson.IsValue(json))
        {
            throw new ArgumentException("The value is not one well-formed JSON value in UTF-8.", nameof(json));
        }

        SetOwned(key, json.ToArray());
    }

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="ArgumentException">The key belongs to the library.</exception>
    public bool Remove(string key)
    {
        ThrowIfEnded();
        ThrowIfReserved(key);
        var removed = _document.Remove(key);
        _changes.Add(key);
        return removed;
    }

    private void SetOwned(string key, ReadOnlyMemory<byte> json)
    {
        ThrowIfEnded();
        ThrowIfReserved(key);
        _request.Runtime.Limits.CheckSet(_document, key, json.Length);
        _document.SetJson(key, json);
        _changes.Add(key);
    }

    private void ThrowIfReserved(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!AllowsReservedKeys)
        {
            ReservedKeys.ThrowIfReserved(key);
        }
    }

    private bool AllowsReservedKeys => _request.Runtime.Options.AllowReservedKeys;

    /// <summary>Whether a name is that of a member which is no key of the session.</summary>
    private bool IsHidden(string key) => (key == ReservedKeys.Moved && !AllowsReservedKeys) || _request.Runtime.Lifetimes.IsReserved(key);

    private int CountHidden() =>
        (_request.Runtime.Lifetimes.KeepsMember(_document) ? 1 : 0)
        + (!AllowsReservedKeys && _document.TryGetJson(ReservedKeys.Moved, out _) ? 1 : 0);
}
