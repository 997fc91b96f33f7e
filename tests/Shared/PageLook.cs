using PuppeteerSharp;
using PuppeteerSharp.Media;

namespace ServerSessions.Tests;

/// <summary>
/// Looks at a page in a browser: no horizontal scrolling from 320 pixels on, contrast, targets of 44 pixels, landmarks, labels. With
/// SESSION_TEST_SCREENSHOTS a picture of each is written to that folder. The project embeds <c>look.js</c>.
/// </summary>
internal static class PageLook
{
    // A4 at 96 pixels an inch, without margins.
    private const int Paper = 794;

    // What would cost ink.
    private const string OnDark = """
        [...document.querySelectorAll('*')]
          .filter((one) => one.getClientRects().length)
          .filter((one) => {
            const [r, g, b, a = 1] = getComputedStyle(one).backgroundColor.match(/[\d.]+/g).map(Number);
            return a > 0 && r + g + b < 384;
          })
          .map((one) => one.className || one.localName)
        """;

    // The name of what has the focus, its text, and the width of its outline.
    private const string Focused = """
        ((one) => [one.id, one.textContent.trim(), getComputedStyle(one).outlineWidth].join('|'))(document.activeElement)
        """;

    // The third is the first at a zoom of 200 %.
    private static readonly (int Width, int Height)[] Screens = [(1280, 800), (390, 844), (640, 400), (320, 640)];

    /// <summary>Opens a tab.</summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="stops">Gets what the policy of a page stops, and the errors of its scripts.</param>
    public static async Task<IPage> NewPageAsync(IBrowser chromium, List<string> stops)
    {
        var page = await chromium.NewPageAsync().WithinBoundAsync("a tab");
        page.Console += (_, line) =>
        {
            if (line.Message.Type == ConsoleType.Error && !line.Message.Text.Contains("status of", StringComparison.Ordinal))
            {
                stops.Add(line.Message.Text);
            }
        };
        return page;
    }

    /// <summary>Looks at the page that a tab shows, on a desktop and on phones, in light and dark.</summary>
    /// <returns>A line for each thing that a person would trip over.</returns>
    public static async Task<IReadOnlyList<string>> LookAsync(IPage page, string name)
    {
        var script = await ScriptAsync();
        var found = new List<string>();
        foreach (var scheme in new[] { "light", "dark" })
        {
            await page.EmulateMediaFeaturesAsync(
                [new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]
            );
            foreach (var (width, height) in Screens)
            {
                await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = height });
                var lines = await page.EvaluateExpressionAsync<string[]>(script).WithinBoundAsync($"a look at {name}");
                found.AddRange(lines.Select(line => $"{name}, {width}, {scheme}: {line}"));
                await PictureAsync(page, name, width, scheme);
            }
        }

        return found;
    }

    /// <summary>Looks at the page that a tab shows, with text of twice the size and on paper.</summary>
    /// <returns>A line for each thing that a person would trip over, or that would cost ink.</returns>
    public static async Task<IReadOnlyList<string>> LookAtLargeTextAndPaperAsync(IPage page, string name)
    {
        var script = await ScriptAsync();
        return [.. await LookAtLargeTextAsync(page, name, script), .. await LookAtPaperAsync(page, name, script)];
    }

    /// <summary>Presses Tab until the focus is on the element with this id or text. Fails if the focus cannot be seen on the way.</summary>
    public static async Task TabToAsync(IPage page, string what)
    {
        for (var i = 0; i < 20; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var focused = await page.EvaluateExpressionAsync<string>(Focused);
            Assert.EndsWith("|3px", focused, StringComparison.Ordinal);
            if (focused.Split('|').Contains(what))
            {
                return;
            }
        }

        Assert.Fail($"The keyboard does not reach: {what}.");
    }

    /// <summary>Presses Enter and waits for the page that follows.</summary>
    public static async Task EnterAsync(IPage page)
    {
        var loaded = page.WaitForNavigationAsync();
        await page.Keyboard.PressAsync("Enter");
        await loaded.WithinBoundAsync("the next page");
    }

    /// <summary>Writes a picture of a page, if the environment names a folder for them.</summary>
    public static async Task PictureAsync(IPage page, string name, int width, string scheme)
    {
        if (Environment.GetEnvironmentVariable("SESSION_TEST_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(Path.Combine(folder, $"{name}-{width}-{scheme}.png"), new ScreenshotOptions { FullPage = true });
        }
    }

    private static async Task<string> ScriptAsync()
    {
        using var reader = new StreamReader(typeof(PageLook).Assembly.GetManifestResourceStream("look.js")!);
        return await reader.ReadToEndAsync();
    }

    private static async Task<IEnumerable<string>> LookAtLargeTextAsync(IPage page, string name, string script)
    {
        var found = new List<string>();
        await page.EvaluateExpressionAsync("document.documentElement.style.fontSize = '200%'");
        foreach (var (width, height) in Screens[..2])
        {
            await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = height });
            var lines = await page.EvaluateExpressionAsync<string[]>(script).WithinBoundAsync($"a look at {name} with large text");
            found.AddRange(lines.Select(line => $"{name}, {width}, large text: {line}"));
            await PictureAsync(page, name, width, "large");
        }

        await page.EvaluateExpressionAsync("document.documentElement.style.fontSize = ''");
        return found;
    }

    // The browser is still in dark mode, and paper is not.
    private static async Task<IEnumerable<string>> LookAtPaperAsync(IPage page, string name, string script)
    {
        await page.SetViewportAsync(new ViewPortOptions { Width = Paper, Height = Paper });
        await page.EmulateMediaTypeAsync(MediaType.Print);
        var lines = await page.EvaluateExpressionAsync<string[]>(script).WithinBoundAsync($"a look at {name} on paper");
        var dark = await page.EvaluateExpressionAsync<string[]>(OnDark).WithinBoundAsync($"a look at {name} on paper");
        await PictureAsync(page, name, Paper, "print");
        await page.EmulateMediaTypeAsync(MediaType.Screen);

        // Nothing on paper is a target of a finger.
        return lines
            .Where(static line => !line.StartsWith("target", StringComparison.Ordinal))
            .Concat(dark.Select(static text => $"on a dark ground: {text}"))
            .Select(line => $"{name}, print: {line}");
    }
}
