using System.Globalization;
using System.Text;

namespace ServerSessions.Conformance;

/// <summary>
/// Makes an untrusted text safe to print. Control characters, marks that change the direction of text, and halves of surrogate pairs
/// become escapes such as <c>\u001b</c>. Line feeds and tabs stay. A printable text is returned unchanged.
/// </summary>
internal static class PrintableText
{
    /// <summary>Several lines.</summary>
    public static string Of(string text)
    {
        var start = FirstUnprintable(text, 0);
        if (start < 0)
        {
            return text;
        }

        var builder = new StringBuilder(text.Length + 16);
        var done = 0;
        for (var at = start; at >= 0; at = FirstUnprintable(text, done))
        {
            builder.Append(text, done, at - done);
            done = at + 1;
            if (text[at] == '\r' && done < text.Length && text[done] == '\n')
            {
                continue;
            }

            builder.Append("\\u").Append(((int)text[at]).ToString("x4", CultureInfo.InvariantCulture));
        }

        return builder.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>One line: a line feed is a space.</summary>
    public static string Line(string text) => Of(text).Replace('\n', ' ').Replace('\t', ' ');

    private static int FirstUnprintable(string text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            var size = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            if (text[i] is not ('\n' or '\t') && !IsPrintable(CharUnicodeInfo.GetUnicodeCategory(text, i)))
            {
                return i;
            }

            i += size - 1;
        }

        return -1;
    }

    // Not assigned: U+FFFE and U+FFFF are in no XML. A character of a later Unicode is shown by its number.
    private static bool IsPrintable(UnicodeCategory category) =>
        category
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.OtherNotAssigned
            );
}
