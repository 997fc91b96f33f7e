namespace ServerSessions;

/// <summary>
/// HTML that is encoded. Each hole of the interpolated text that it is made of is encoded, unless it is HTML itself. So no page can forget
/// to encode.
/// </summary>
internal readonly struct Markup
{
    private readonly string? _html;

    private Markup(string html) => _html = html;

    /// <summary>No HTML.</summary>
    public static Markup None => default;

    /// <summary>Takes HTML that is encoded already.</summary>
    public static Markup Encoded(string html) => new(html);

    public static Markup Of(MarkupHandler html) => new(html.ToString());

    /// <summary>Returns the parts one after the other.</summary>
    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(static part => part.ToString())));

    public override string ToString() => _html ?? "";
}
