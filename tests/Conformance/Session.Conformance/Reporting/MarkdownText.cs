using System.Text;

namespace ServerSessions.Conformance;

/// <summary>Escapes texts of stores and of imported reports for Markdown: they are shown as they are, never as markup.</summary>
internal static class MarkdownText
{
    /// <summary>A text in a paragraph, a heading or a cell of a table, on one line.</summary>
    public static string Inline(string text)
    {
        text = PrintableText.Line(text).Trim();
        var builder = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '<':
                    builder.Append("&lt;");
                    break;
                case '&':
                    builder.Append("&amp;");
                    break;
                // Within a word it means nothing, and a link would break.
                case '_' when i > 0 && i + 1 < text.Length && char.IsLetterOrDigit(text[i - 1]) && char.IsLetterOrDigit(text[i + 1]):
                    builder.Append('_');
                    break;
                case '\\' or '`' or '|' or '*' or '_' or '~' or '[' or ']' or '#':
                    builder.Append('\\').Append(text[i]);
                    break;
                default:
                    builder.Append(text[i]);
                    break;
            }
        }

        return builder.ToString();
    }

    /// <summary>Several lines as a block of code, whose fence is longer than any in the text.</summary>
    public static string Block(string text)
    {
        text = PrintableText.Of(text);
        var longest = 0;
        var run = 0;
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', Math.Max(3, longest + 1));
        return $"{fence}\n{text}\n{fence}\n";
    }
}
