using System.Net;
using ServerSessions.Testing;

namespace ServerSessions.Packages.Tests;

/// <summary>What the pages tell a reader to do, done in an empty folder with the packages.</summary>
public sealed class FirstStepsTests(PackageFeed feed, SharedRedis redis)
{
    private const string RedisPage = "src/Session.Stores.Redis/README.md";

    [Fact]
    public async Task The_readme_leads_from_an_empty_folder_to_an_application_that_counts_visits()
    {
        using var reader = new EmptyFolder(feed);
        await reader.RunAsync("dotnet new web -n App");
        await AddPackagesAsync(reader, "README.md", "Use it");

        reader.Write("App/Program.cs", EmptyFolder.Blocks("README.md", "Use it", "csharp")[0]);
        await using var application = await RunningApplication.StartAsync(reader, "App");

        Assert.Equal("Visits: 1", await application.GetAsync("/"));
        Assert.Equal("Visits: 2", await application.GetAsync("/"));
    }

    [Fact]
    public async Task The_page_of_a_backend_leads_to_an_application_whose_sessions_outlive_it()
    {
        var place = await redis.NewPlaceAsync();
        using var reader = new EmptyFolder(feed);
        await reader.RunAsync("dotnet new web -n App");
        await AddPackagesAsync(reader, RedisPage, "Quick start");
        var program = EmptyFolder.Blocks(RedisPage, "Quick start", "csharp")[0];
        Assert.Contains("\"localhost:6379\"", program, StringComparison.Ordinal);
        reader.Write("App/Program.cs", program.Replace("localhost:6379", place.ConnectionString, StringComparison.Ordinal));

        CookieContainer cookies;
        await using (var application = await RunningApplication.StartAsync(reader, "App"))
        {
            Assert.Equal("Visits: 1", await application.GetAsync("/"));
            cookies = application.Cookies;
        }

        await using (var again = await RunningApplication.StartAgainAsync(reader, "App", cookies))
        {
            Assert.Equal("Visits: 2", await again.GetAsync("/"));
        }
    }

    [Fact]
    public async Task An_application_that_has_and_imports_types_called_Session_compiles_with_the_packages()
    {
        using var reader = new EmptyFolder(feed);
        await reader.RunAsync("dotnet new web -n App");
        await AddPackagesAsync(reader, "README.md", "Use it");
        reader.Write(
            "App/Program.cs",
            """
            using Checkout;

            Session paid = new(1);
            Console.WriteLine(paid.Amount + new Conference.Web.Agenda([new Conference.Data.Session("Keynote")]).Sessions.Count);
            """
        );
        reader.Write(
            "App/Checkout.cs",
            """
            namespace Checkout;

            public sealed record Session(int Amount);
            """
        );
        reader.Write(
            "App/Data.cs",
            """
            namespace Conference.Data
            {
                public sealed record Session(string Title);
            }

            namespace Conference.Web
            {
                using Conference.Data;

                public sealed record Agenda(IReadOnlyList<Session> Sessions);
            }
            """
        );

        await reader.RunAsync("dotnet build -c Release", "App");
    }

    private static async Task AddPackagesAsync(EmptyFolder reader, string page, string heading)
    {
        var commands = EmptyFolder
            .Blocks(page, heading, "sh")
            .SelectMany(static block => block.Split('\n'))
            .Where(static line => line.StartsWith("dotnet add package ", StringComparison.Ordinal))
            .ToArray();
        Assert.NotEmpty(commands);
        foreach (var command in commands)
        {
            await reader.RunAsync(command, "App");
        }
    }
}
