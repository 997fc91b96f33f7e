using System.Buffers;
using System.Runtime.InteropServices;
using ServerSessions.Payload;

namespace ServerSessions.Conformance;

/// <summary>
/// The contents of one session in a history, by number: equal ones have one number. Cookies do not count, since a touch may replace them.
/// </summary>
internal sealed class HistoryContents(PayloadFidelity fidelity)
{
    /// <summary>No session.</summary>
    public const int None = 0;

    /// <summary>A content that no call has written under this id.</summary>
    public const int Foreign = -1;

    /// <summary>A content that only a touch had, whose content is never stored.</summary>
    public const int OfTouch = -2;

    private readonly Dictionary<ReadOnlyMemory<byte>, int> _numbers = new(BytesComparer.Instance);
    private readonly List<ReadOnlyMemory<byte>> _written = [];
    private readonly HashSet<int> _repeated = [];
    private readonly List<ReadOnlyMemory<byte>> _touches = [];

    /// <summary>The number of a payload that is about to be written.</summary>
    public int Write(ReadOnlyMemory<byte> payload)
    {
        var number = Known(payload);
        if (number != None)
        {
            _repeated.Add(number);
            return number;
        }

        _written.Add(payload);
        return _numbers[KeyOf(payload)] = _written.Count;
    }

    /// <summary>Remembers the payload of a touch, so that it is known if it is read.</summary>
    public void Touch(ReadOnlyMemory<byte> payload) => _touches.Add(payload);

    /// <summary>The number of a payload that was read; <see cref="Foreign"/> if no call has written it.</summary>
    public int Find(ReadOnlyMemory<byte> payload)
    {
        var number = Known(payload);
        return number != None ? number
            : _touches.Exists(touch => Same(touch, payload)) ? OfTouch
            : Foreign;
    }

    /// <summary>Whether several calls wrote this content. A token then tells them apart, and a payload does not.</summary>
    public bool IsRepeated(int number) => _repeated.Contains(number);

    /// <summary>Whether a get-and-touch may move the expiry of this content, and whether it may leave it.</summary>
    public (bool Moves, bool Leaves) TouchOf(int number, ReadOnlyMemory<byte> prefix)
    {
        if (prefix.IsEmpty)
        {
            return (true, false);
        }

        // The bytes that are compared may be others than those that were written.
        if (fidelity == PayloadFidelity.Json || IsRepeated(number))
        {
            return (true, true);
        }

        var matches = _written[number - 1].Span.StartsWith(prefix.Span);
        return (matches, !matches);
    }

    private int Known(ReadOnlyMemory<byte> payload)
    {
        var key = KeyOf(payload);
        if (!_numbers.TryGetValue(key, out var number) && fidelity == PayloadFidelity.Json)
        {
            // The backend may have its own spelling of it.
            number = _written.FindIndex(written => Same(written, payload)) + 1;
            if (number != None)
            {
                _numbers[key] = number;
            }
        }

        return number;
    }

    /// <summary>The keys and values; a payload that is no session as it is.</summary>
    private static ReadOnlyMemory<byte> KeyOf(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var document = SessionDocument.Parse(payload);
            var content = new ArrayBufferWriter<byte>(payload.Length + 1);
            foreach (var key in document.Keys)
            {
                content.Write(MemoryMarshal.AsBytes(key.AsSpan()));
                content.Write(":"u8);
                content.Write(document.TryGetJson(key, out var json) ? json.Span : default);
                content.Write(","u8);
            }

            return content.WrittenMemory;
        }
        catch (SessionPayloadException)
        {
            return payload;
        }
    }

    private bool Same(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) => Payloads.SameContent(one, other, fidelity);

    private sealed class BytesComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static BytesComparer Instance { get; } = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> obj)
        {
            var hash = new HashCode();
            hash.AddBytes(obj.Span);
            return hash.ToHashCode();
        }
    }
}
