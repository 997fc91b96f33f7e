using System.Net;

namespace ServerSessions.Packages.Tests;

/// <summary>The sample of a native application, with packages alone: published and used over HTTP.</summary>
public sealed class NativeTests(NativeShop shop) : IClassFixture<NativeShop>
{
    [Fact]
    public async Task The_native_sample_is_published_without_a_warning_and_takes_updates_and_notices_values_over_HTTP()
    {
        var folder = await PublishAsync("PublishAot");
        await using var application = await StartAsync(folder, "memory:");

        // The client follows the redirect of each form.
        Assert.Equal("""{"lines":["tea"],"notice":"tea was added."}""", await application.PostAsync("/lines/tea"));
        Assert.Equal("""{"lines":["tea","cake"],"notice":"cake was added."}""", await application.PostAsync("/lines/cake"));
        Assert.Equal("""{"lines":["tea","cake"],"notice":null}""", await application.GetAsync("/"));
        await application.PostAsync("/codes/123");
        await application.PostAsync("/redeem/123");
        var again = await Assert.ThrowsAsync<HttpRequestException>(() => application.PostAsync("/redeem/123"));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Theory]
    [InlineData("PublishTrimmed")]
    [InlineData("PublishAot")]
    public async Task A_trimmed_and_a_native_program_keep_the_stores_of_their_packages(string property)
    {
        var folder = await PublishAsync(property);

        Assert.Equal(property == "PublishAot", !File.Exists(Path.Combine(folder, "App.dll")));
        Assert.Equal(["Acme x: 1", "Acme x: 2"], await VisitsAsync(folder, "acme://x"));
        Assert.Equal(
            ["ServerSessions.Stores.Sqlite.SqliteSessionStore: 1", "ServerSessions.Stores.Sqlite.SqliteSessionStore: 2"],
            await VisitsAsync(folder, "sqlite:sessions.db")
        );
    }

    private static Task<RunningApplication> StartAsync(string folder, string store) =>
        RunningApplication.StartAsync(
            Path.Combine(folder, OperatingSystem.IsWindows() ? "App.exe" : "App"),
            [],
            folder,
            new CookieContainer(),
            store
        );

    private static async Task<string[]> VisitsAsync(string folder, string store)
    {
        await using var application = await StartAsync(folder, store);
        return [await application.GetAsync("/visits"), await application.GetAsync("/visits")];
    }

    /// <summary>The folder of the publication, which had no warning; skips the test if the machine cannot publish like this.</summary>
    private async Task<string> PublishAsync(string property)
    {
        await NativeToolchain.RequireAsync(property);
        if (property == "PublishAot")
        {
            NativeToolchain.RequireLinker();
        }

        var (folder, output) = await shop.PublishAsync(property);
        Assert.DoesNotContain("warning", output, StringComparison.Ordinal);
        return folder;
    }
}
