using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The objects of a request that stand for a part of its session: each member is a key. Before the session is stored, the members whose
/// JSON has changed are set, and no others.
/// </summary>
internal sealed class StateObjects(RequestSession request, ApplicationKeys keys) : IHeldValues
{
    private readonly Dictionary<Type, IStateObject> _objects = [];

    /// <summary>Returns the object of a type; the same one at each call, until the session's content is replaced.</summary>
    /// <exception cref="ArgumentException">The type is not an object with members, or a member has a reserved name.</exception>
    /// <exception cref="JsonException">The values of the session do not fit the type.</exception>
    public TState Get<TState>(JsonTypeInfo<TState> typeInfo)
        where TState : class
    {
        if (_objects.TryGetValue(typeof(TState), out var known))
        {
            return ((StateObject<TState>)known).Value;
        }

        var state = new StateObject<TState>(typeInfo, NamesOf(typeInfo), request.State!.Document, keys);
        _objects.Add(typeof(TState), state);
        return state.Value;
    }

    public void On(HeldMoment moment)
    {
        switch (moment)
        {
            case HeldMoment.Saving or HeldMoment.Committing:
                foreach (var state in _objects.Values)
                {
                    state.Write(request, keys);
                }

                break;
            case HeldMoment.Replaced:
                _objects.Clear();
                break;
        }
    }

    private List<string> NamesOf(JsonTypeInfo typeInfo)
    {
        if (typeInfo.Kind != JsonTypeInfoKind.Object)
        {
            throw Unusable(typeInfo, "it is not serialized as a JSON object with fixed members");
        }

        var names = new List<string>();
        foreach (var member in typeInfo.Properties)
        {
            if (member.IsExtensionData)
            {
                throw Unusable(typeInfo, "its extension data would hold all other keys of the session");
            }

            if (member.Get is not null || member.Set is not null)
            {
                keys.ThrowIfReserved(member.Name);
                names.Add(member.Name);
            }
        }

        return names;
    }

    private static ArgumentException Unusable(JsonTypeInfo typeInfo, string why) =>
        new($"The type {typeInfo.Type.Name} cannot stand for a session: {why}. Use a class whose members are keys.", nameof(typeInfo));

    private interface IStateObject
    {
        void Write(RequestSession request, ApplicationKeys keys);
    }

    private sealed class StateObject<TState> : IStateObject
        where TState : class
    {
        private readonly JsonTypeInfo<TState> _typeInfo;
        private readonly List<string> _names;
        private byte[] _known;

        public StateObject(JsonTypeInfo<TState> typeInfo, List<string> names, SessionDocument document, ApplicationKeys keys)
        {
            (_typeInfo, _names) = (typeInfo, names);
            Value = LoneSurrogates.Deserialize(Select(document, keys), typeInfo)!;

            // Not the stored bytes: Node writes the same values in another way.
            _known = JsonSerializer.SerializeToUtf8Bytes(Value, typeInfo);
        }

        public TState Value { get; }

        public void Write(RequestSession request, ApplicationKeys keys)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(Value, _typeInfo);
            if (json.AsSpan().SequenceEqual(_known))
            {
                return;
            }

            var (before, now) = (MembersOf(_known), MembersOf(json));
            foreach (var name in _names)
            {
                var value = now.TryGetValue(name, out var some) ? some : default(ReadOnlyMemory<byte>?);
                if (IsSame(before.TryGetValue(name, out var other) ? other : default(ReadOnlyMemory<byte>?), value))
                {
                    continue;
                }

                if (!IsSame(keys.Find(request.State!.Document, name), value))
                {
                    request.ThrowIfReadOnlyAtCommit();
                    keys.Change(request, name, value);
                }
            }

            _known = json;
        }

        private ReadOnlySpan<byte> Select(SessionDocument document, ApplicationKeys keys)
        {
            using var json = new MemoryStream();
            using var writer = new Utf8JsonWriter(json, new JsonWriterOptions { SkipValidation = true });
            writer.WriteStartObject();
            foreach (var name in _names)
            {
                if (keys.Find(document, name) is { } value)
                {
                    writer.WritePropertyName(name);
                    writer.WriteRawValue(value.Span, skipInputValidation: true);
                }
            }

            writer.WriteEndObject();
            writer.Flush();
            return json.ToArray();
        }

        private static Dictionary<string, ReadOnlyMemory<byte>> MembersOf(byte[] json)
        {
            var members = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                members[name] = json.AsMemory(start, (int)reader.BytesConsumed - start);
            }

            return members;
        }

        private static bool IsSame(ReadOnlyMemory<byte>? left, ReadOnlyMemory<byte>? right) =>
            left is { } some && right is { } other ? some.Span.SequenceEqual(other.Span) : left is null && right is null;
    }
}
