using System.Text.Json;
using System.Text.Unicode;

namespace Session;

/// <summary>
/// The single forward scan over a payload: finds the members of the top level as slices, checks the grammar of all that lies below,
/// decodes nothing.
/// </summary>
internal static class SessionPayloadScanner
{
    // Up to this many members, comparing each pair costs less than a set of decoded names.
    private const int FewMembers = 24;

    public static List<SessionMember> Scan(ReadOnlyMemory<byte> payload)
    {
        var utf8 = payload.Span;
        if (utf8.StartsWith("\uFEFF"u8))
        {
            throw new SessionPayloadException(SessionPayloadError.ByteOrderMark, 0);
        }

        if (!Utf8.IsValid(utf8))
        {
            throw new SessionPayloadException(SessionPayloadError.InvalidUtf8, 0);
        }

        var members = new List<SessionMember>(4);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = SessionDocument.MaxDepth });
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new SessionPayloadException(SessionPayloadError.NotAnObject, reader.TokenStartIndex);
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = payload.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                members.Add(new SessionMember(name, payload[start..(int)reader.BytesConsumed]));
            }

            // Past the closing brace only white space may follow; this read throws on anything else.
            reader.Read();
        }
        catch (JsonException)
        {
            // The reader's own text quotes what it stumbled over, so it is not passed on.
            throw new SessionPayloadException(
                IsTooDeep(utf8, reader.BytesConsumed) ? SessionPayloadError.TooDeep : SessionPayloadError.Malformed, reader.BytesConsumed);
        }

        KeepLastOfEachName(members);
        return members;
    }

    /// <summary>Whether a reader without a limit gets further than where the limited one stopped.</summary>
    private static bool IsTooDeep(ReadOnlySpan<byte> utf8, long stoppedAt)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= SessionDocument.MaxDepth && reader.BytesConsumed > stoppedAt)
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return false;
    }

    /// <summary>As in JavaScript, a name that stands twice keeps its first place and its last value.</summary>
    private static void KeepLastOfEachName(List<SessionMember> members)
    {
        if (members.Count <= FewMembers)
        {
            for (var later = 1; later < members.Count; later++)
            {
                for (var earlier = 0; earlier < later; earlier++)
                {
                    if (members[earlier].HasSameName(members[later]))
                    {
                        members[earlier] = members[earlier].WithValue(members[later].Value);
                        members.RemoveAt(later--);
                        break;
                    }
                }
            }

            return;
        }

        var places = new Dictionary<string, int>(members.Count, StringComparer.Ordinal);
        var kept = 0;
        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            var name = member.DecodeName();
            if (places.TryGetValue(name, out var place))
            {
                members[place] = members[place].WithValue(member.Value);
            }
            else
            {
                places.Add(name, kept);
                members[kept++] = member;
            }
        }

        members.RemoveRange(kept, members.Count - kept);
    }
}
