using Spectre.Console;
using Spectre.Console.Rendering;

namespace ServerSessions.Tools;

/// <summary>A text that was broken into lines already, written as it is.</summary>
internal sealed class ControlledText(string text, Style style) : IRenderable
{
    public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > 0)
            {
                yield return new Segment(lines[i], style);
            }

            if (i < lines.Length - 1)
            {
                yield return Segment.LineBreak;
            }
        }
    }
}
