using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace ServerSessions;

/// <summary>Writes the interpolated text of a <see cref="Markup"/>.</summary>
[InterpolatedStringHandler]
internal readonly struct MarkupHandler(int literalLength, int formattedCount)
{
    private const int ExpectedHole = 24;

    // Names in any script stay readable in the page's source.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _html = new(literalLength + (formattedCount * ExpectedHole));

    public void AppendLiteral(string literal) => _html.Append(literal);

    public void AppendFormatted(Markup html) => _html.Append(html.ToString());

    public void AppendFormatted(string? text) => _html.Append(text is null ? "" : Encoder.Encode(text));

    public void AppendFormatted(long number) => _html.Append(CultureInfo.InvariantCulture, $"{number}");

    public override string ToString() => _html.ToString();
}
