namespace ServerSessions.Payload;

/// <summary>One member of a session object: slices of its JSON, or of JSON written for it.</summary>
/// <param name="name">The name between the quotes, escapes included.</param>
/// <param name="value">The value as JSON.</param>
internal readonly struct SessionMember(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value)
{
    public ReadOnlyMemory<byte> Name { get; } = name;

    public ReadOnlyMemory<byte> Value { get; } = value;

    /// <summary>Whether this is the default value: the value of a member is never empty.</summary>
    public bool IsEmpty => Value.IsEmpty;

    public bool HasEscapedName => Name.Span.Contains((byte)'\\');

    public string DecodeName() => JsonText.Unescape(Name.Span);

    public SessionMember WithValue(ReadOnlyMemory<byte> value) => new(Name, value);

    /// <summary>
    /// Whether the member has this name, given the name and its UTF-8. A name with lone surrogates has no UTF-8: pass an empty span.
    /// </summary>
    public bool IsNamed(ReadOnlySpan<char> name, ReadOnlySpan<byte> utf8Name) =>
        HasEscapedName ? name.SequenceEqual(DecodeName()) : Name.Span.SequenceEqual(utf8Name) && (name.IsEmpty || !utf8Name.IsEmpty);

    public bool HasSameName(SessionMember other) =>
        HasEscapedName || other.HasEscapedName ? DecodeName() == other.DecodeName() : Name.Span.SequenceEqual(other.Name.Span);

    public bool ContentEquals(SessionMember other) => Value.Span.SequenceEqual(other.Value.Span) && HasSameName(other);

    /// <summary>
    /// Encodes a name as UTF-8 into a buffer of three bytes a character. Returns an empty span if the name has lone surrogates.
    /// </summary>
    public static ReadOnlySpan<byte> EncodeName(ReadOnlySpan<char> name, Span<byte> buffer) =>
        System.Text.Unicode.Utf8.FromUtf16(name, buffer, out _, out var written, replaceInvalidSequences: false)
        == System.Buffers.OperationStatus.Done
            ? buffer[..written]
            : [];
}
