using System.IO.Compression;
using System.Xml.Linq;

namespace ServerSessions.Packages.Tests;

/// <summary>What stands in the packages.</summary>
public sealed class PackedTests(PackageFeed feed)
{
    [Fact]
    public void Every_project_that_ships_becomes_a_package()
    {
        string[] ids =
        [
            "Session.Abstractions",
            "Session.AspNetCore",
            "Session.Conformance",
            "Session.Conformance.Tool",
            "Session.Conformance.Xunit",
            "Session.Dashboard",
            "Session.OpenTelemetry",
            "Session.Stores",
            "Session.Stores.File",
            "Session.Stores.Memory",
            "Session.Stores.Mongo",
            "Session.Stores.MySql",
            "Session.Stores.Postgres",
            "Session.Stores.Redis",
            "Session.Stores.Sqlite",
            "Session.Templates",
            "Session.Testing.Faults",
            "Session.Tool",
        ];

        Assert.Equal(
            ids,
            feed.Packages.Select(static package => Value(PackageFeed.ReadMetadata(package), "id")).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Every_package_says_what_it_is_where_it_comes_from_and_under_which_licence()
    {
        Assert.All(feed.Packages, static package =>
        {
            var metadata = PackageFeed.ReadMetadata(package);
            Assert.Equal("MIT", Value(metadata, "license"));
            Assert.NotEmpty(Value(metadata, "description"));
            Assert.NotEmpty(Value(metadata, "authors"));
            Assert.Contains("session", Value(metadata, "tags"), StringComparison.Ordinal);
            Assert.StartsWith("https://", Value(metadata, "projectUrl"), StringComparison.Ordinal);
            Assert.StartsWith("https://", Value(metadata, "releaseNotes"), StringComparison.Ordinal);
            Assert.StartsWith("https://", Element(metadata, "repository").Attribute("url")?.Value, StringComparison.Ordinal);
            using var archive = ZipFile.OpenRead(package);
            var entries = archive.Entries.Select(static entry => entry.FullName).ToArray();
            Assert.Contains(Value(metadata, "icon"), entries);
            Assert.Contains(Value(metadata, "readme"), entries);
        });
    }

    [Fact]
    public void Every_backend_but_memory_adds_its_provider_to_the_projects_that_use_it()
    {
        var named = feed
            .Packages.Select(static package =>
            {
                using var archive = ZipFile.OpenRead(package);
                return (
                    Id: Value(PackageFeed.ReadMetadata(package), "id"),
                    Files: archive
                        .Entries.Select(static entry => entry.FullName)
                        .Where(static name => name.StartsWith("build", StringComparison.Ordinal))
                        .ToArray()
                );
            })
            .ToDictionary(static package => package.Id, static package => package.Files);

        Assert.All(named, static package =>
            Assert.Equal(
                package.Key.StartsWith("Session.Stores.", StringComparison.Ordinal) && package.Key != "Session.Stores.Memory"
                    ? [$"buildTransitive/{package.Key}.props"]
                    : [],
                package.Value
            )
        );
    }

    [Fact]
    public void All_packages_have_one_version()
    {
        var versions = feed.Packages.Select(static package => Value(PackageFeed.ReadMetadata(package), "version")).Distinct();

        Assert.Single(versions);
    }

    [Fact]
    public void A_package_asks_for_the_first_patch_of_the_platforms_abstractions_unless_its_driver_needs_a_later_one()
    {
        var floors =
            from package in feed.Packages
            let metadata = PackageFeed.ReadMetadata(package)
            from dependency in metadata.Descendants().Where(static element => element.Name.LocalName == "dependency")
            let id = dependency.Attribute("id")!.Value
            where id.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
            select $"{Value(metadata, "id")}: {id} {dependency.Attribute("version")!.Value}";
        var found = floors.ToArray();

        // StackExchange.Redis asks for these itself.
        string[] driver =
        [
            "Session.Stores.Redis: Microsoft.Extensions.DependencyInjection.Abstractions",
            "Session.Stores.Redis: Microsoft.Extensions.Logging.Abstractions",
        ];
        Assert.Contains("Session.Abstractions: Microsoft.Extensions.DependencyInjection.Abstractions 10.0.0", found);
        Assert.All(found, floor =>
            Assert.True(
                floor.EndsWith(" 10.0.0", StringComparison.Ordinal)
                    || driver.Any(needed => floor.StartsWith($"{needed} ", StringComparison.Ordinal)),
                floor
            )
        );
    }

    private static XElement Element(XElement metadata, string name) =>
        metadata.Elements().Single(element => element.Name.LocalName == name);

    private static string Value(XElement metadata, string name) => Element(metadata, name).Value;
}
