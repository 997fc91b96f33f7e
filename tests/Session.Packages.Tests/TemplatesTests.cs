using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerSessions.Packages.Tests;

/// <summary>What dotnet new makes from the package of templates.</summary>
public sealed partial class TemplatesTests(PackageFeed feed)
{
    // Templates go into the reader's folder, and not to the machine's user.
    private const string Hive = "--debug:custom-hive \"$PWD/hive\"";

    private static readonly string[] Stores = ["memory", "redis", "postgres", "mysql", "sqlite", "mongo", "file"];
    private static readonly string[] StoresWithoutServer = ["memory", "sqlite", "file"];

    [Fact]
    public async Task An_application_of_each_store_builds_and_those_that_need_no_server_count_visits()
    {
        using var reader = new EmptyFolder(feed);
        var lines = Stores.Select(store => $"dotnet new session-app -n App.{store} --store {store} {Hive}\n");
        await reader.RunBlockAsync(
            $"{Install()}{string.Concat(lines)}dotnet new sln -n Apps\ndotnet sln add App.*/*.csproj\ndotnet build -c Release"
        );

        foreach (var store in StoresWithoutServer)
        {
            await using var application = await RunningApplication.StartBuiltAsync(reader, $"App.{store}");
            Assert.Equal("Visits: 1", await application.GetAsync("/"));
            Assert.Equal("Visits: 2", await application.GetAsync("/"));
            Assert.Equal("Signed out", await application.PostAsync("/sign-out"));
            Assert.Equal("Visits: 1", await application.GetAsync("/"));
        }
    }

    [Fact]
    public async Task A_store_of_ones_own_passes_the_tests_that_come_with_it()
    {
        using var reader = new EmptyFolder(feed);

        // A name that is no namespace: files keep it, and code has another.
        var output = await reader.RunBlockAsync(
            $"{Install()}dotnet new session-store -n acme-sessions {Hive}\ndotnet run --project acme-sessions/acme-sessions.Tests"
        );

        var total = Total().Match(output);
        Assert.True(total.Success && int.Parse(total.Groups["tests"].Value, CultureInfo.InvariantCulture) > 100, output);
    }

    private string Install()
    {
        var package = feed.Packages.Single(static package =>
            Path.GetFileName(package).StartsWith("Session.Templates.", StringComparison.Ordinal)
        );
        return $"dotnet new install '{package}' {Hive}\n";
    }

    [GeneratedRegex("Total: (?<tests>[0-9]+), Errors: 0, Failed: 0")]
    private static partial Regex Total();
}
