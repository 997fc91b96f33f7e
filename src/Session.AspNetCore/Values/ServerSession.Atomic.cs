using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ServerSessions.Payload;

namespace ServerSessions;

// As in JsonSerializer, the overloads with metadata differ in a parameter that is required.
#pragma warning disable RS0026

// Values that are taken once and updates that are never lost: one key, in one step with what is stored.
public sealed partial class ServerSession
{
    /// <summary>
    /// Removes a value and returns it. Of parallel requests that take the same value one gets it, and all others get none. So a code works
    /// once.
    /// </summary>
    /// <remarks>
    /// <para>The value is the stored one at the time of the call, also if another request has stored it since this request began. If this
    /// request has set or removed the key and not saved that, its own value is taken.</para>
    /// <para>The removal is stored when the call returns, in one step with the read. It stays if this request fails later. Nothing else is
    /// stored: other changes of this request stay unsaved until the commit, and the commit does not bring the value back. The idle timeout
    /// starts again, as with every use. A session that is not stored yet is changed in memory and stored by the commit, because no other
    /// request has its id.</para>
    /// <para>The promise is among requests of this library with <see cref="SessionParallelWrites.Merge"/>. A request that stores the whole
    /// session, as Node's express-session does, can bring a value back that it read before.</para>
    /// <para>Also allowed after the response has started.</para>
    /// </remarks>
    /// <typeparam name="T">The type to read it as. With a nullable type, such as <c>int?</c>, absent is not zero.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait. The value may then have been removed.</param>
    /// <returns>The value; the default of <typeparamref name="T"/> if the key is absent.</returns>
    /// <exception cref="ArgumentException">The key is reserved. Nothing was read or changed.</exception>
    /// <exception cref="ConditionalStoreRequiredException">
    /// The store cannot compare and set, or <see cref="ServerSessionOptions.ParallelWrites"/> is
    /// <see cref="SessionParallelWrites.LastWriteWins"/>. Nothing was read or changed.
    /// </exception>
    /// <exception cref="JsonException">The stored value is not a <typeparamref name="T"/>. It was not removed.</exception>
    /// <exception cref="SessionNotFoundException">
    /// Another request has ended the session or given it a new id in the meantime, so this request gets no value. This session is detached
    /// from the request, and its other unsaved changes are dropped.
    /// </exception>
    /// <exception cref="SessionStoreException">
    /// The store failed, or other requests changed the session before each of 64 attempts. After a failure the value may have been removed,
    /// and then no request gets it. This session is unchanged.
    /// </exception>
    [RequiresUnreferencedCode(UsesReflection)]
    [RequiresDynamicCode(UsesReflection)]
    public async ValueTask<T?> TakeAsync<T>(string key, CancellationToken cancellationToken = default)
    {
        T? taken = default;
        await ChangeKeyAsync(
            key,
            json =>
            {
                taken = json is { } value ? Read<T>(value) : default;
                return null;
            },
            cancellationToken
        );
        return taken;
    }

    /// <inheritdoc cref="TakeAsync{T}(string, CancellationToken)"/>
    /// <param name="key">The key.</param>
    /// <param name="typeInfo">The metadata of the type, from a source-generated context.</param>
    /// <param name="cancellationToken">Ends the wait. The value may then have been removed.</param>
    public async ValueTask<T?> TakeAsync<T>(string key, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        T? taken = default;
        await ChangeKeyAsync(
            key,
            json =>
            {
                taken = json is { } value ? LoneSurrogates.Deserialize(value.Span, typeInfo) : default;
                return null;
            },
            cancellationToken
        );
        return taken;
    }

    /// <summary>
    /// Removes a value and returns its JSON, as <see cref="TakeAsync{T}(string, CancellationToken)"/> does for a type. Of parallel requests
    /// that take the same value one gets it.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait. The value may then have been removed.</param>
    /// <returns>
    /// The JSON, byte for byte as it was written; <see langword="null"/> if the key is absent. A stored JSON <c>null</c> is not absent.
    /// </returns>
    /// <inheritdoc cref="TakeAsync{T}(string, CancellationToken)" path="/remarks"/>
    /// <inheritdoc cref="TakeAsync{T}(string, CancellationToken)" path="/exception"/>
    public async ValueTask<ReadOnlyMemory<byte>?> TakeJsonAsync(string key, CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<byte>? taken = null;
        await ChangeKeyAsync(
            key,
            json =>
            {
                taken = json;
                return null;
            },
            cancellationToken
        );
        return taken;
    }

    /// <summary>
    /// Changes a value by a function of the current one, in one step with what is stored. Of parallel requests that update a key each works
    /// on the result of another, so no increment is lost.
    /// </summary>
    /// <remarks>
    /// <para>The current value is the stored one at the time of the call, also if another request has stored it since this request began.
    /// If this request has set or removed the key and not saved that, its own value is the current one.</para>
    /// <para>The result is stored when the call returns. It stays if this request fails later. Nothing else is stored: other changes of
    /// this request stay unsaved until the commit, and the commit does not overwrite the updates that other requests make after this one.
    /// The idle timeout starts again, as with every use. A session that is not stored yet is changed in memory and stored by the commit,
    /// because no other request has its id.</para>
    /// <para>The promise is among updates. A <see cref="Set{T}(string, T)"/> or <see cref="Remove"/> of the same key by another request
    /// replaces them, and so does a request that stores the whole session, as Node's express-session does.</para>
    /// <para>Also allowed after the response has started.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The key, as for <see cref="Set{T}(string, T)"/>.</param>
    /// <param name="change">
    /// Returns the new value for the current one, which is the default of <typeparamref name="T"/> if the key is absent. Called again, with
    /// the newer value, each time another request was faster: at least once, at most 64 times. It must have no other effect and must not
    /// use this session. If it throws for the value that is stored, nothing is stored and this call throws the same.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The result may then have been stored.</param>
    /// <returns>The new value, as the last call of <paramref name="change"/> returned it.</returns>
    /// <exception cref="ArgumentException">The key is reserved. Nothing was read or changed.</exception>
    /// <exception cref="ConditionalStoreRequiredException">
    /// The store cannot compare and set, or <see cref="ServerSessionOptions.ParallelWrites"/> is
    /// <see cref="SessionParallelWrites.LastWriteWins"/>. Nothing was read or changed.
    /// </exception>
    /// <exception cref="JsonException">
    /// The stored value is not a <typeparamref name="T"/>, or the new one is nested too deep. Nothing was stored.
    /// </exception>
    /// <exception cref="SessionLimitException">
    /// The session has too many keys, or the key, the value or the session is too large. Nothing was stored.
    /// </exception>
    /// <exception cref="SessionNotFoundException">
    /// Another request has ended the session or given it a new id in the meantime. Nothing was stored. This session is detached from the
    /// request, and its other unsaved changes are dropped.
    /// </exception>
    /// <exception cref="SessionStoreException">
    /// The store failed, or other requests changed the session before each of 64 attempts. After a failure the result may have been stored,
    /// once; a repeated call would then apply the change a second time. This session is unchanged.
    /// </exception>
    [RequiresUnreferencedCode(UsesReflection)]
    [RequiresDynamicCode(UsesReflection)]
    public async ValueTask<T> UpdateAsync<T>(string key, Func<T?, T> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        T updated = default!;
        await ChangeKeyAsync(
            key,
            json =>
            {
                updated = change(json is { } value ? Read<T>(value) : default);
                return JsonSerializer.SerializeToUtf8Bytes(updated, _keys.SerializerOptions);
            },
            cancellationToken
        );
        return updated;
    }

    /// <inheritdoc cref="UpdateAsync{T}(string, Func{T, T}, CancellationToken)"/>
    /// <param name="key">The key.</param>
    /// <param name="change">The change.</param>
    /// <param name="typeInfo">
    /// The metadata of the type, from a source-generated context. Its options should have <see cref="SessionJson.Encoder"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The result may then have been stored.</param>
    public async ValueTask<T> UpdateAsync<T>(
        string key,
        Func<T?, T> change,
        JsonTypeInfo<T> typeInfo,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(typeInfo);
        T updated = default!;
        await ChangeKeyAsync(
            key,
            json =>
            {
                updated = change(json is { } value ? LoneSurrogates.Deserialize(value.Span, typeInfo) : default);
                return JsonSerializer.SerializeToUtf8Bytes(updated, typeInfo);
            },
            cancellationToken
        );
        return updated;
    }

    /// <summary>
    /// Changes the JSON of a value by a function of the current one, as
    /// <see cref="UpdateAsync{T}(string, Func{T, T}, CancellationToken)"/> does for a type. The function may also remove the key.
    /// </summary>
    /// <param name="key">The key, as for <see cref="Set{T}(string, T)"/>.</param>
    /// <param name="change">
    /// Returns the new JSON, one value as UTF-8, for the current one; <see langword="null"/> for either means absent. Called again, with
    /// the newer value, each time another request was faster: at least once, at most 64 times. It must have no other effect.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The result may then have been stored.</param>
    /// <returns>The new JSON; <see langword="null"/> if the key was removed or stays absent.</returns>
    /// <exception cref="ArgumentException">
    /// The key is reserved, or the bytes are not one well-formed JSON value. Nothing was stored.
    /// </exception>
    /// <inheritdoc cref="UpdateAsync{T}(string, Func{T, T}, CancellationToken)" path="/remarks"/>
    public async ValueTask<ReadOnlyMemory<byte>?> UpdateJsonAsync(
        string key,
        Func<ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?> change,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(change);
        ReadOnlyMemory<byte>? updated = null;
        await ChangeKeyAsync(
            key,
            json =>
            {
                updated = change(json) is { } value ? CopyOf(value.Span) : default(ReadOnlyMemory<byte>?);
                return updated;
            },
            cancellationToken
        );
        return updated;
    }

    private ValueTask ChangeKeyAsync(
        string key,
        Func<ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?> change,
        CancellationToken cancellationToken
    ) => _operations.ChangeKeyAsync(EnsureWritable(), key, change, cancellationToken);
}
