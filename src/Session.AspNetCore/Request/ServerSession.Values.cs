using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ServerSessions.Payload;

namespace ServerSessions;

public sealed partial class ServerSession
{
    internal const string UsesReflection =
        "Values of arbitrary types may need code that trimming removed. Use the overload that takes JsonTypeInfo<T>.";

    /// <summary>Reads a value.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="key">The key.</param>
    /// <returns>The value; the default of <typeparamref name="T"/> if the key is absent.</returns>
    /// <exception cref="JsonException">
    /// The stored value is not a <typeparamref name="T"/>, or is nested deeper than the <see cref="JsonSerializerOptions.MaxDepth"/> of
    /// <see cref="ServerSessionOptions.SerializerOptions"/>.
    /// </exception>
    [RequiresUnreferencedCode(UsesReflection)]
    [RequiresDynamicCode(UsesReflection)]
    public T? Get<T>(string key) => TryGet<T>(key, out var value) ? value : default;

    /// <inheritdoc cref="Get{T}(string)"/>
    /// <param name="key">The key.</param>
    /// <param name="typeInfo">The metadata of the type, from a source-generated context.</param>
    public T? Get<T>(string key, JsonTypeInfo<T> typeInfo) => TryGet(key, typeInfo, out var value) ? value : default;

    /// <summary>Reads a value and returns whether it exists.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; the default of <typeparamref name="T"/> if the key is absent.</param>
    /// <returns>Whether the key exists, also with a JSON <c>null</c>.</returns>
    /// <exception cref="JsonException">The stored value is not a <typeparamref name="T"/>, or is nested too deep.</exception>
    [RequiresUnreferencedCode(UsesReflection)]
    [RequiresDynamicCode(UsesReflection)]
    public bool TryGet<T>(string key, out T? value)
    {
        if (!TryGetJson(key, out var json))
        {
            value = default;
            return false;
        }

        value = Read<T>(json);
        return true;
    }

    /// <inheritdoc cref="TryGet{T}(string, out T)"/>
    /// <param name="key">The key.</param>
    /// <param name="typeInfo">The metadata of the type, from a source-generated context.</param>
    /// <param name="value">The value; the default of <typeparamref name="T"/> if the key is absent.</param>
    public bool TryGet<T>(string key, JsonTypeInfo<T> typeInfo, out T? value)
    {
        var found = TryGetJson(key, out var json);
        value = found ? LoneSurrogates.Deserialize(json.Span, typeInfo) : default;
        return found;
    }

    /// <summary>Reads a value as the stored JSON.</summary>
    /// <param name="key">The key.</param>
    /// <param name="json">The JSON, byte for byte as it was written. Valid as long as the session.</param>
    /// <returns>Whether the key exists.</returns>
    public bool TryGetJson(string key, out ReadOnlyMemory<byte> json) => _keys.TryGetJson(Live.Document, key, out json);

    /// <summary>Writes a value. It is converted to JSON at once.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">
    /// The key. <c>cookie</c>, <c>__created</c>, <c>__moved</c>, <c>__tickets</c>, <c>__login</c>, <c>__carry</c>, <c>__import</c> and
    /// <c>__lastAccess</c> are reserved (but see <see cref="ServerSessionOptions.AllowReservedKeys"/>). Node drops keys that are members of
    /// its session object, such as <c>id</c>, <c>req</c>, <c>save</c> and <c>toString</c>. Avoid them if Node shares the sessions.
    /// </param>
    /// <param name="value">The value. <see langword="null"/> is stored, and is not the same as absent.</param>
    /// <exception cref="ArgumentException">The key is reserved.</exception>
    /// <exception cref="SessionLimitException">
    /// The session has too many keys, or the key or the value is too large. Nothing was set.
    /// </exception>
    /// <exception cref="JsonException">
    /// The value is nested deeper than the <see cref="JsonSerializerOptions.MaxDepth"/> of
    /// <see cref="ServerSessionOptions.SerializerOptions"/>.
    /// </exception>
    [RequiresUnreferencedCode(UsesReflection)]
    [RequiresDynamicCode(UsesReflection)]
    public void Set<T>(string key, T value) =>
        _keys.Set(EnsureWritable(), key, JsonSerializer.SerializeToUtf8Bytes(value, _keys.SerializerOptions));

    /// <inheritdoc cref="Set{T}(string, T)"/>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">
    /// The metadata of the type, from a source-generated context. Its options should have <see cref="SessionJson.Encoder"/>.
    /// </param>
    public void Set<T>(string key, T value, JsonTypeInfo<T> typeInfo) =>
        _keys.Set(EnsureWritable(), key, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo));

    /// <summary>Writes a value that is already JSON.</summary>
    /// <param name="key">The key, as for <see cref="Set{T}(string, T)"/>.</param>
    /// <param name="json">One JSON value as UTF-8. Copied, and stored unchanged.</param>
    /// <exception cref="ArgumentException">The key is reserved, or the bytes are not one well-formed JSON value.</exception>
    /// <exception cref="SessionLimitException">
    /// The session has too many keys, or the key or the value is too large. Nothing was set.
    /// </exception>
    public void SetJson(string key, ReadOnlySpan<byte> json) => _keys.Set(EnsureWritable(), key, CopyOf(json));

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether the key existed.</returns>
    /// <exception cref="ArgumentException">The key is reserved.</exception>
    public bool Remove(string key) => _keys.Remove(EnsureWritable(), key);

    [RequiresUnreferencedCode(UsesReflection)]
    [RequiresDynamicCode(UsesReflection)]
    private T? Read<T>(ReadOnlyMemory<byte> json) =>
        typeof(T) == typeof(string) && SessionJson.DecodeString(json.Span) is { } text
            ? (T)(object)text
            : LoneSurrogates.Deserialize<T>(json.Span, _keys.SerializerOptions);

    private static byte[] CopyOf(ReadOnlySpan<byte> json) =>
        SessionJson.IsValue(json)
            ? json.ToArray()
            : throw new ArgumentException("The value is not one well-formed JSON value in UTF-8.", nameof(json));
}
