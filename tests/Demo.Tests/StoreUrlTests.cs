using ServerSessions.Testing;

[assembly: AssemblyFixture(typeof(SharedPostgres))]
[assembly: AssemblyFixture(typeof(SharedMySql))]
[assembly: AssemblyFixture(typeof(SharedMongoOrSubstitute))]

namespace Demo.Tests;

/// <summary>The demo runs on every backend by its URL alone.</summary>
public sealed class StoreUrlTests(SharedPostgres postgres, SharedMySql mySql, SharedMongoOrSubstitute mongo)
{
    [Fact]
    public async Task On_Redis()
    {
        // Of its own: the URL alone names no prefix that would keep the demo apart from others.
        await using var own = await RedisServer.StartAsync();
        await SignsInAndOutAsync(own.Url, "Redis");
    }

    [Fact]
    public async Task On_PostgreSQL()
    {
        await using var place = await postgres.NewPlaceAsync();
        await SignsInAndOutAsync(place.Url, "PostgreSQL");
    }

    [Fact]
    public async Task On_MySQL()
    {
        await using var place = await mySql.NewPlaceAsync();
        await SignsInAndOutAsync(place.Url, "MySQL");
    }

    [Fact]
    public async Task On_MongoDB()
    {
        await using var place = await mongo.NewPlaceAsync();
        await SignsInAndOutAsync(place.ConnectionString, "MongoDB");
    }

    [Fact]
    public async Task On_files()
    {
        var folder = Directory.CreateTempSubdirectory("session-demo-");
        try
        {
            await SignsInAndOutAsync("file:" + folder.FullName, "File");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task SignsInAndOutAsync(string url, string backend)
    {
        Browser browser;
        await using (var demo = await DemoProcess.StartOnAsync(url))
        {
            await IsServedAsync(demo);
            browser = demo.NewBrowser();
            Assert.Contains($"runs on <b>{backend}</b>", await browser.GetAsync("/store"), StringComparison.Ordinal);
            Assert.Equal(1, await browser.CountAsync());
            Assert.Contains("Ada", await browser.PostAsync("/sign-in", ("user", "Ada")), StringComparison.Ordinal);
        }

        // What it stored is there for the next process.
        await using var again = await DemoProcess.StartOnAsync(url);
        await IsServedAsync(again);
        using var moved = browser.MoveTo(again.Address);
        browser.Dispose();
        Assert.Contains("signed in as <b>Ada</b>", await moved.GetAsync("/"), StringComparison.Ordinal);
        Assert.Contains("This device", await moved.GetAsync("/devices"), StringComparison.Ordinal);
        Assert.Equal(2, await moved.CountAsync());
        await moved.PostAsync("/sign-out");
        Assert.Null(moved.Cookie);
        Assert.Contains("not signed in", await moved.GetAsync("/"), StringComparison.Ordinal);
    }

    /// <summary>
    /// The stores' deadlines are two seconds, which a new process on a busy machine may need more of: somebody else comes first.
    /// </summary>
    private static async Task IsServedAsync(DemoProcess demo)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var somebody = demo.NewBrowser();
            try
            {
                await somebody.CountAsync();
                return;
            }
            catch (HttpRequestException) when (attempt < 30)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
