namespace ServerSessions.Payload;

/// <summary>One member of a session object: slices of the JSON that it stands in, or of JSON written for it.</summary>
/// <param name="name">The name as it stands between the quotes, escapes included.</param>
/// <param name="value">The value as it stands.</param>
internal readonly struct SessionMember(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value)
{
    public ReadOnlyMemory<byte> Name { get; } = name;

    public ReadOnlyMemory<byte> Value { get; } = value;

    /// <summary>Whether this is none: a value is never empty.</summary>
    public bool IsEmpty => Value.IsEmpty;

    public bool HasEscapedName => Name.Span.Contains((byte)'\\');

    public string DecodeName() => JsonText.Unescape(Name.Span);

    public SessionMember WithValue(ReadOnlyMemory<byte> value) => new(Name, value);

    /// <summary>
    /// Whether the member has this name, given the name and its UTF-8 (empty where it has lone surrogates and so has none).
    /// </summary>
    public bool IsNamed(ReadOnlySpan<char> name, ReadOnlySpan<byte> utf8Name) =>
        HasEscapedName ? name.SequenceEqual(DecodeName()) : Name.Span.SequenceEqual(utf8Name) && (name.IsEmpty || !utf8Name.IsEmpty);

    public bool HasSameName(SessionMember other) =>
        HasEscapedName || other.HasEscapedName ? DecodeName() == other.DecodeName() : Name.Span.SequenceEqual(other.Name.Span);

    public bool ContentEquals(SessionMember other) => Value.Span.SequenceEqual(other.Value.Span) && HasSameName(other);

    /// <summary>The UTF-8 of a name into a buffer of three bytes a character; nothing where it has lone surrogates.</summary>
    public static ReadOnlySpan<byte> EncodeName(ReadOnlySpan<char> name, Span<byte> buffer) =>
        System.Text.Unicode.Utf8.FromUtf16(name, buffer, out _, out var written, replaceInvalidSequences: false)
        == System.Buffers.OperationStatus.Done
            ? buffer[..written]
            : [];
}
