using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Values that live for one more request: a message that a form sets before it redirects, and that the next page shows. Reading a value
/// marks it, and the commit of the request removes it. <see cref="ServerSession.Flash"/> returns this object.
/// </summary>
/// <remarks>
/// <para>A value stays until a request has read it. It also stays if the response is a redirect (301, 302, 303, 307, 308), has a status of
/// 500 and above, or if the application throws: then the user has not seen it.</para>
/// <para>Each value is a key of the session, with <c>flash.</c> before its name, and has the rules of every key: any JSON type, the limits,
/// the merge of parallel requests. A value that a parallel request sets after this one has read the earlier value is kept.</para>
/// <para>Two parallel requests can both read a value. For a value that only one may get, call
/// <see cref="ServerSession.TakeAsync{T}(string, CancellationToken)"/>. Not safe for concurrent use.</para>
/// </remarks>
public sealed class SessionFlash : IHeldValues
{
    private const string Prefix = "flash.";

    private readonly ServerSession _session;
    private readonly RequestSession _request;

    // The values that the commit removes, as they were read.
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _read = new(StringComparer.Ordinal);

    internal SessionFlash(ServerSession session, RequestSession request) => (_session, _request) = (session, request);

    /// <summary>The names of the values, without <c>flash.</c>, in the order in which they were first set. Marks none.</summary>
    public IReadOnlyList<string> Names =>
        [
            .. _session
                .Keys.Where(static key => key.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(static key => key[Prefix.Length..]),
        ];

    /// <summary>
    /// Sets a value for the next request that reads it. A value that this request has read and sets again is not removed.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name. Case-sensitive.</param>
    /// <param name="value">The value. It is converted to JSON at once.</param>
    /// <inheritdoc cref="ServerSession.Set{T}(string, T)" path="/exception"/>
    [RequiresUnreferencedCode(ServerSession.UsesReflection)]
    [RequiresDynamicCode(ServerSession.UsesReflection)]
    public void Set<T>(string name, T value)
    {
        _session.Set(KeyOf(name), value);
        _read.Remove(KeyOf(name));
    }

    /// <inheritdoc cref="Set{T}(string, T)"/>
    /// <param name="name">The name. Case-sensitive.</param>
    /// <param name="value">The value. It is converted to JSON at once.</param>
    /// <param name="typeInfo">The metadata of the type, from a source-generated context.</param>
    public void Set<T>(string name, T value, JsonTypeInfo<T> typeInfo)
    {
        _session.Set(KeyOf(name), value, typeInfo);
        _read.Remove(KeyOf(name));
    }

    /// <summary>Reads a value and marks it: the commit of this request removes it.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="name">The name. Case-sensitive.</param>
    /// <returns>The value; the default of <typeparamref name="T"/> if it is absent.</returns>
    /// <exception cref="JsonException">The stored value is not a <typeparamref name="T"/>. It is not marked.</exception>
    [RequiresUnreferencedCode(ServerSession.UsesReflection)]
    [RequiresDynamicCode(ServerSession.UsesReflection)]
    public T? Get<T>(string name)
    {
        var value = Peek<T>(name);
        Mark(name);
        return value;
    }

    /// <inheritdoc cref="Get{T}(string)"/>
    /// <param name="name">The name. Case-sensitive.</param>
    /// <param name="typeInfo">The metadata of the type, from a source-generated context.</param>
    public T? Get<T>(string name, JsonTypeInfo<T> typeInfo)
    {
        var value = Peek(name, typeInfo);
        Mark(name);
        return value;
    }

    /// <summary>Reads a value without marking it, so that the next request can also read it.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="name">The name. Case-sensitive.</param>
    /// <returns>The value; the default of <typeparamref name="T"/> if it is absent.</returns>
    /// <exception cref="JsonException">The stored value is not a <typeparamref name="T"/>.</exception>
    [RequiresUnreferencedCode(ServerSession.UsesReflection)]
    [RequiresDynamicCode(ServerSession.UsesReflection)]
    public T? Peek<T>(string name) => _session.Get<T>(KeyOf(name));

    /// <inheritdoc cref="Peek{T}(string)"/>
    /// <param name="name">The name. Case-sensitive.</param>
    /// <param name="typeInfo">The metadata of the type, from a source-generated context.</param>
    public T? Peek<T>(string name, JsonTypeInfo<T> typeInfo) => _session.Get(KeyOf(name), typeInfo);

    /// <summary>Keeps a value that this request has read for one more request.</summary>
    /// <param name="name">The name. Does nothing if the value was not read.</param>
    public void Keep(string name) => _read.Remove(KeyOf(name));

    /// <summary>Keeps all values that this request has read for one more request.</summary>
    public void Keep() => _read.Clear();

    void IHeldValues.On(HeldMoment moment)
    {
        switch (moment)
        {
            case HeldMoment.Committing when _request.IsReadOnly:
                // What was read stays, also if an error page that may write runs next.
                _read.Clear();
                break;
            case HeldMoment.Committing when !IsUnseen(_request.Context.Response.StatusCode):
                RemoveRead();
                break;
            case HeldMoment.Failed or HeldMoment.Replaced:
                _read.Clear();
                break;
        }
    }

    private void RemoveRead()
    {
        foreach (var (key, seen) in _read)
        {
            var document = _request.State!.Document;
            if (document.TryGetJson(key, out var json) && json.Span.SequenceEqual(seen.Span))
            {
                document.Remove(key);
                _request.OnSeenRemoved(key, seen);
            }
        }

        _read.Clear();
    }

    private void Mark(string name)
    {
        var key = KeyOf(name);
        if (_session.TryGetJson(key, out var json))
        {
            _read[key] = json;
        }
    }

    private static bool IsUnseen(int status) =>
        status
            is StatusCodes.Status301MovedPermanently
                or StatusCodes.Status302Found
                or StatusCodes.Status303SeeOther
                or StatusCodes.Status307TemporaryRedirect
                or StatusCodes.Status308PermanentRedirect
                or >= StatusCodes.Status500InternalServerError;

    private static string KeyOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Prefix + name;
    }
}
