using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// A line of the audit trail. Text, template and fields have only what is known: an event without a user has no field <c>Subject</c>.
/// </summary>
/// <remarks>A generated log message has all of its fields, so it would say of a visitor "user , sign-in ,".</remarks>
internal sealed class AuditLine : IReadOnlyList<KeyValuePair<string, object?>>
{
    public static readonly EventId Event = new(70, "SessionAudited");

    private readonly List<KeyValuePair<string, object?>> _fields;
    private readonly string _text;

    private AuditLine(string word, string reason, long count, in SessionEventInfo info)
    {
        List<string> templates = [];
        List<string> texts = [];
        _fields =
        [
            new("Event", word),
            new("Reason", reason),
            new("Count", count),
        ];
        Add("user {Subject}", "Subject", info.Subject, info.Subject);
        Add("sign-in {Handle}", "Handle", info.Handle, info.Handle);
        Add("sessions '{Sessions}'", "Sessions", info.Name, info.Name);
        Add("in {Backend}", "Backend", info.Backend, info.Backend);
        Add("at {Time:O}", "Time", info.Time, info.Time.ToString("O", CultureInfo.InvariantCulture));
        _text = string.Create(CultureInfo.InvariantCulture, $"{word} ({reason}), count {count}: {string.Join(", ", texts)}.");
        _fields.Add(new("{OriginalFormat}", $"{{Event}} ({{Reason}}), count {{Count}}: {string.Join(", ", templates)}."));

        void Add(string template, string name, object? value, string? text)
        {
            if (!string.IsNullOrEmpty(text))
            {
                _fields.Add(new(name, value));
                templates.Add(template);
                texts.Add(string.Concat(template.AsSpan(0, template.IndexOf('{')), text, template.AsSpan(template.IndexOf('}') + 1)));
            }
        }
    }

    public int Count => _fields.Count;

    public KeyValuePair<string, object?> this[int index] => _fields[index];

    public static void Write(ILogger logger, string word, string reason, long count, in SessionEventInfo info)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            logger.Log(LogLevel.Information, Event, new AuditLine(word, reason, count, info), null, static (line, _) => line._text);
        }
    }

    public override string ToString() => _text;

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
