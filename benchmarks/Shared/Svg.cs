namespace ServerSessions.Benchmarks;

/// <summary>What the charts have in common: paper, title, and the figures as a sentence for who does not see them.</summary>
internal static class Svg
{
    private const string Common = "text { fill: #202124 } .paper { fill: #ffffff }";

    public static string Frame(int width, int height, string title, string description, string style, string body) =>
        FormattableString.Invariant(
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title description" font-family="sans-serif" font-size="12">
            <title id="title">{title}</title>
            <desc id="description">{description}</desc>
            <style>{Common} {style}</style>
            <rect class="paper" width="100%" height="100%"/>
            <text x="10" y="22" font-size="15" font-weight="bold">{title}</text>
            {body}</svg>

            """
        );
}
