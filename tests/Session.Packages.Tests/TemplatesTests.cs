using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerSessions.Packages.Tests;

/// <summary>What dotnet new makes from the package of templates.</summary>
public sealed partial class TemplatesTests(PackageFeed feed)
{
    private static readonly string[] Stores = ["memory", "redis", "postgres", "sqlite", "mongo", "file"];
    private static readonly string[] StoresWithoutServer = ["memory", "sqlite", "file"];

    [Fact]
    public async Task An_application_of_each_store_builds_and_those_that_need_no_server_count_visits()
    {
        using var reader = new EmptyFolder(feed);
        var lines = Stores.Select(store => $"dotnet new session-app -n App.{store} --store {store} --debug:custom-hive \"$PWD/hive\"\n");
        await reader.RunBlockAsync($"{Install()}{string.Concat(lines)}dotnet new sln -n Apps\ndotnet sln add App.*/*.csproj\ndotnet build -c Release");

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

        var output = await reader.RunBlockAsync($"{Install()}dotnet new session-store -n Acme.Sessions --debug:custom-hive \"$PWD/hive\"\ndotnet run --project Acme.Sessions/Acme.Sessions.Tests");

        var total = Total().Match(output);
        Assert.True(total.Success && int.Parse(total.Groups["tests"].Value, CultureInfo.InvariantCulture) > 100, output);
    }

    // Into a folder of the reader's, and not for the machine's user.
    private string Install() =>
        $"dotnet new install '{feed.Packages.Single(static package => Path.GetFileName(package).StartsWith("Session.Templates.", StringComparison.Ordinal))}' --debug:custom-hive \"$PWD/hive\"\n";

    [GeneratedRegex("Total: (?<tests>[0-9]+), Errors: 0, Failed: 0")]
    private static partial Regex Total();
}
