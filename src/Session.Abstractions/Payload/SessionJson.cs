using System.Text.Encodings.Web;
using System.Text.Json;

namespace Session;

/// <summary>How values of a session are written, so that Node reads what it would have written itself.</summary>
public static class SessionJson
{
    /// <summary>
    /// Writes strings as JavaScript's <c>JSON.stringify</c> does: escaped are the quote, the backslash, C0 controls (<c>\b \t \n \f \r</c>, others
    /// as <c>\u001f</c>) and lone surrogates (<c>\ud800</c>); all else is raw UTF-8. For <see cref="JsonSerializerOptions.Encoder"/> of an application's
    /// own options. Not for JSON that is put into HTML unescaped.
    /// </summary>
    public static JavaScriptEncoder Encoder { get; } = new JavaScriptStringEncoder();
}
