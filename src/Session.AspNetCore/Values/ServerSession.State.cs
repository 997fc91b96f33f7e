using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ServerSessions;

// A whole class that stands for a part of the session, and values for one more request.
public sealed partial class ServerSession
{
    /// <summary>
    /// Values that live for one more request, such as the message that a page shows after a redirect. The same object at each call.
    /// </summary>
    public SessionFlash Flash => EnsureLive().Hold(request => new SessionFlash(this, request));

    /// <summary>
    /// Returns an object whose members are keys of the session. Changes to it are noticed: before the session is stored, the members whose
    /// JSON has changed are set as keys, and no others.
    /// </summary>
    /// <remarks>
    /// <para>A member has the key that its JSON name is: <c>cartLines</c> for <c>CartLines</c> with the default
    /// <see cref="ServerSessionOptions.SerializerOptions"/>. A key that is absent leaves what the constructor sets. A member that is not
    /// written, such as <see langword="null"/> with a condition that ignores it, removes its key.</para>
    /// <para>Each changed member is a changed key. So parallel requests keep each other's members, and for one member the later value wins;
    /// see <see cref="SessionParallelWrites.Merge"/>. For a count or a code use <see cref="UpdateAsync{T}(string, Func{T, T},
    /// CancellationToken)"/> and <see cref="TakeAsync{T}(string, CancellationToken)"/>.</para>
    /// <para>Changes are noticed by the commit, <see cref="SaveAsync"/>, a renewal, and a take or an update. <see cref="Get{T}(string)"/>
    /// and <see cref="Keys"/> do not show them before. The object has the values as they were at the first call. After
    /// <see cref="ReloadAsync"/>, <see cref="RegenerateAsync"/>, a sign-out and a sign-in of another user the next call returns another
    /// object, and the earlier one is no longer noticed. Each store of the session converts the object to JSON once more.</para>
    /// </remarks>
    /// <typeparam name="TState">
    /// The class. It is created from the keys that it has as members, also if there are none: a required member of a session without its
    /// key is an error.
    /// </typeparam>
    /// <returns>The object; the same one at each call with this type in one request.</returns>
    /// <exception cref="ArgumentException">
    /// The type is not serialized as an object with fixed members, has extension data, or has a member with a reserved name such as
    /// <c>cookie</c>.
    /// </exception>
    /// <exception cref="JsonException">A stored value does not fit its member, or a required member has no key.</exception>
    [RequiresUnreferencedCode(UsesReflection)]
    [RequiresDynamicCode(UsesReflection)]
    public TState GetState<TState>()
        where TState : class
    {
        var options = _keys.SerializerOptions;
        options.MakeReadOnly(populateMissingResolver: true);
        return GetState((JsonTypeInfo<TState>)options.GetTypeInfo(typeof(TState)));
    }

    /// <inheritdoc cref="GetState{TState}()"/>
    /// <param name="typeInfo">
    /// The metadata of the type, from a source-generated context, of which the first call in a request counts. Its options should have
    /// <see cref="Payload.SessionJson.Encoder"/> and the naming policy of the keys.
    /// </param>
    public TState GetState<TState>(JsonTypeInfo<TState> typeInfo)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return EnsureLive().Hold(request => new StateObjects(request, _keys)).Get(typeInfo);
    }
}
