using System.ComponentModel;
using System.Diagnostics;
using ServerSessions.Testing;

namespace Demo.Tests;

/// <summary>A real Express application and a .NET application beside each other, with one login.</summary>
public sealed class ExpressAndDotNetTests
{
    private const string Secret = "the secret that both halves have in their tests";

    [Fact]
    public async Task Who_signs_in_at_Express_is_known_to_DotNet_and_a_sign_out_at_either_ends_the_session_for_both()
    {
        SkipWithoutPackages();
        await using var redis = await RedisServer.StartAsync();
        await using var express = await StartExpressAsync(redis.Url);
        await using var dotnet = await SampleProcess.StartOnAsync(
            "ExpressAndDotNet",
            port: 0,
            "--SESSION_SECRET",
            Secret,
            "--REDIS_URL",
            redis.Url
        );
        await UntilDotNetServesAsync(dotnet);
        using var atExpress = new Browser(express.Address);

        // A cart that began at .NET before the sign-in at Express, and goes on after it.
        using var before = new Browser(dotnet.Address);
        await before.PostAsync("/cart/Assam");
        using var visitor = before.MoveTo(express.Address);
        Assert.Equal("""{"user":"Zoë","cart":["Assam"]}""", await visitor.PostAsync("/sign-in", ("user", "Zoë")));
        Assert.Equal("""{"user":null,"cart":[]}""", await before.GetAsync("/"));

        using var signedIn = visitor.MoveTo(dotnet.Address);
        await signedIn.PostAsync("/cart/Sencha");
        Assert.Equal("""{"user":"Zoë","cart":["Assam","Sencha"]}""", await signedIn.GetAsync("/"));
        Assert.Equal("""{"user":"Zoë","cart":["Assam","Sencha"]}""", await visitor.GetAsync("/"));

        await signedIn.PostAsync("/sign-out");
        Assert.Equal("""{"user":null,"cart":[]}""", await visitor.GetAsync("/"));

        await atExpress.PostAsync("/sign-in", ("user", "ada"));
        using var ada = atExpress.MoveTo(dotnet.Address);
        Assert.Equal("""{"user":"ada","cart":[]}""", await ada.GetAsync("/"));
        await atExpress.PostAsync("/sign-out");
        Assert.Equal("""{"user":null,"cart":[]}""", await ada.GetAsync("/"));
    }

    private static Task<SampleProcess> StartExpressAsync(string redis) =>
        SampleProcess.LaunchAsync(
            new ProcessStartInfo("node", ["server.js"])
            {
                WorkingDirectory = SampleProcess.PathOf("ExpressFolder"),
                Environment =
                {
                    ["PORT"] = "0",
                    ["REDIS_URL"] = redis,
                    ["SESSION_SECRET"] = Secret,
                },
            }
        );

    /// <summary>The first call of a new process may take longer than the store's deadline of two seconds.</summary>
    private static async Task UntilDotNetServesAsync(SampleProcess dotnet)
    {
        using var someone = new Browser(dotnet.Address);
        await Bounded.UntilAsync(
            async () =>
            {
                using var response = await someone.SendAsync(HttpMethod.Post, "/cart/Assam");
                return response.IsSuccessStatusCode;
            },
            "a response of the .NET half",
            TestContext.Current.CancellationToken
        );
    }

    private static void SkipWithoutPackages()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true })!;
            node.WaitForExit();
        }
        catch (Win32Exception)
        {
            Assert.Skip("Node is not installed, so there is no Express application to run.");
        }

        Assert.SkipUnless(
            Directory.Exists(Path.Combine(SampleProcess.PathOf("ExpressFolder"), "node_modules", "express")),
            "The packages are not installed: run `npm ci` in samples/ExpressAndDotNet/Express."
        );
    }
}
