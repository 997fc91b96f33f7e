using PuppeteerSharp;

namespace ServerSessions.Tests;

/// <summary>The Chromium of this system, without a window.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "google-chrome", "google-chrome-stable", "chromium-browser"];

    /// <summary>Starts it, or skips the test.</summary>
    public static async Task<IBrowser> LaunchAsync()
    {
        var program = Environment.GetEnvironmentVariable("SESSION_TEST_BROWSER") is { Length: > 0 } given ? given : Find();
        Assert.SkipWhen(program is null, "There is no Chromium on the path, and SESSION_TEST_BROWSER names none.");
        return await Puppeteer
            .LaunchAsync(
                new LaunchOptions
                {
                    ExecutablePath = program,
                    // In a container the user may be root, and shared memory small.
                    Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
                }
            )
            .WithinBoundAsync("the start of Chromium");
    }

    private static string? Find() =>
        (
            from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            from name in Names
            let path = Path.Combine(folder, name)
            where File.Exists(path)
            select path
        ).FirstOrDefault();
}
