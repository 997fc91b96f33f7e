using System.Buffers;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The tickets in a session: the member <c>__tickets</c>, an object with a text for each authentication scheme. Node reads it and writes it
/// back as it is.
/// </summary>
internal static class SessionTickets
{
    /// <summary>Returns the ticket of a scheme; <see langword="null"/> if there is none.</summary>
    public static string? Find(SessionDocument document, string scheme) => Read(document).GetValueOrDefault(scheme);

    /// <summary>Sets the ticket of a scheme.</summary>
    public static void Set(SessionDocument document, string scheme, string text)
    {
        var tickets = Read(document);
        tickets[scheme] = text;
        Write(document, tickets);
    }

    /// <summary>Replaces the ticket of a scheme if it is the expected one.</summary>
    public static void Replace(SessionDocument document, string scheme, string expected, string text)
    {
        if (Find(document, scheme) == expected)
        {
            Set(document, scheme, text);
        }
    }

    /// <summary>Removes the ticket of a scheme.</summary>
    public static void Remove(SessionDocument document, string scheme)
    {
        var tickets = Read(document);
        if (tickets.Remove(scheme))
        {
            Write(document, tickets);
        }
    }

    /// <summary>Returns the tickets by their schemes. What another program has put in their place is no ticket.</summary>
    private static SortedDictionary<string, string> Read(SessionDocument document)
    {
        var tickets = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (document.TryGetJson(ReservedKeys.Tickets, out var json))
        {
            try
            {
                Read(json.Span, tickets);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // Too deep, or not Unicode.
                tickets.Clear();
            }
        }

        return tickets;
    }

    private static void Read(ReadOnlySpan<byte> json, SortedDictionary<string, string> tickets)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var scheme = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                tickets[scheme] = reader.GetString()!;
            }

            reader.Skip();
        }
    }

    private static void Write(SessionDocument document, SortedDictionary<string, string> tickets)
    {
        if (tickets.Count == 0)
        {
            document.Remove(ReservedKeys.Tickets);
            return;
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (scheme, text) in tickets)
            {
                writer.WriteString(scheme, text);
            }

            writer.WriteEndObject();
        }

        document.SetJson(ReservedKeys.Tickets, json.WrittenMemory.ToArray());
    }
}
