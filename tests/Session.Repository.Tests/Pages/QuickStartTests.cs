using System.Net;
using System.Text.RegularExpressions;
using ServerSessions.Testing;

[assembly: AssemblyFixture(typeof(SharedMySql))]
[assembly: AssemblyFixture(typeof(SharedPostgres))]
[assembly: AssemblyFixture(typeof(SharedMongoOrSubstitute))]

namespace ServerSessions.Repository.Tests.Pages;

/// <summary>
/// The whole programs of the pages run: with the secret from the configuration they count visits, and without it they say what is missing.
/// </summary>
public sealed partial class QuickStartTests(SharedPostgres postgres, SharedMySql mySql, SharedMongoOrSubstitute mongo)
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/testing.md")]
    [InlineData("src/Session.AspNetCore/README.md")]
    [InlineData("src/Session.Stores.File/README.md")]
    [InlineData("src/Session.Stores.Memory/README.md")]
    [InlineData("src/Session.Stores.Mongo/README.md")]
    [InlineData("src/Session.Stores.MySql/README.md")]
    [InlineData("src/Session.Stores.Postgres/README.md")]
    [InlineData("src/Session.Stores.Redis/README.md")]
    [InlineData("src/Session.Stores.Sqlite/README.md")]
    public async Task The_quick_start_counts_visits(string page)
    {
        await using var backend = await BackendOf(page);
        await using var program = await PageProgram.StartAsync(
            QuickStartOf(page, backend.Place),
            "--ServerSessions:Secret=of the quick starts in their test, long enough"
        );
        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() });

        Assert.Equal("Visits: 1", await GetAsync(client, program.Address));
        Assert.Equal("Visits: 2", await GetAsync(client, program.Address));
    }

    /// <summary>
    /// Asks, and asks again while the store cannot be reached: on a busy machine a first connection can take longer than the two seconds of
    /// a call.
    /// </summary>
    private static async Task<string> GetAsync(HttpClient client, Uri address)
    {
        while (true)
        {
            using var response = await client.GetAsync(address, TestContext.Current.CancellationToken);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task Every_page_with_a_whole_program_is_tried_here()
    {
        var tried = typeof(QuickStartTests)
            .GetMethod(nameof(The_quick_start_counts_visits))!
            .GetCustomAttributesData()
            .Where(static attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(static attribute =>
                (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0].Value!
            )
            .ToArray();

        // The program of docs/writing-a-store.md has a store of the page: Session.Packages.Tests follows the whole of it.
        Assert.Equal(
            CodeBlock
                .Pages.Where(static page => page != "docs/writing-a-store.md" && CodeBlock.Of(page).Any(IsWhole))
                .Order(StringComparer.Ordinal),
            tried.Order(StringComparer.Ordinal)
        );

        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            PageProgram.StartAsync(QuickStartOf("src/Session.Stores.Memory/README.md", ""))
        );
        Assert.Contains("Set ServerSessionOptions.Secret", error.ToString(), StringComparison.Ordinal);
    }

    private static bool IsWhole(CodeBlock block) =>
        block.Language == "csharp" && block.Text.Contains("app.Run();", StringComparison.Ordinal);

    /// <summary>The program as the page has it, but for the place of its store.</summary>
    private static CodeBlock QuickStartOf(string page, string place)
    {
        var block = CodeBlock.Of(page).Single(IsWhole);
        Assert.Equal(place.Length > 0 ? 1 : 0, Place().Count(block.Text));
        return block with { Text = Place().Replace(block.Text, match => $"{match.Groups[1].Value}\"{place}\"") };
    }

    private async Task<Backend> BackendOf(string page)
    {
        var folder = Directory.CreateTempSubdirectory("session-quick-start-");
        switch (page)
        {
            case var _ when page.Contains("Redis", StringComparison.Ordinal):
                var redis = await RedisServer.StartAsync();
                return new Backend(redis.ConnectionString, redis, folder);
            case var _ when page.Contains("Postgres", StringComparison.Ordinal):
                var database = await postgres.NewPlaceAsync();
                return new Backend(database.Url, database, folder);
            case var _ when page.Contains("MySql", StringComparison.Ordinal):
                var schema = await mySql.NewPlaceAsync();
                return new Backend(schema.Url, schema, folder);
            case var _ when page.Contains("Mongo", StringComparison.Ordinal):
                var collection = await mongo.NewPlaceAsync();
                return new Backend(collection.ConnectionString, collection, folder);
            case var _ when page.Contains("File", StringComparison.Ordinal):
                return new Backend(Path.Combine(folder.FullName, "sessions"), null, folder);
            case "docs/testing.md" or "src/Session.AspNetCore/README.md" or "src/Session.Stores.Memory/README.md":
                return new Backend("", null, folder);
            default:
                return new Backend("Data Source=" + Path.Combine(folder.FullName, "sessions.db"), null, folder);
        }
    }

    private sealed record Backend(string Place, IAsyncDisposable? Server, DirectoryInfo Folder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (Server is not null)
            {
                await Server.DisposeAsync();
            }

            Folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("""(\.Add[A-Z]\w+Store\()"[^"]*"(?=\))""")]
    private static partial Regex Place();
}
