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
            "Session.Abstractions", "Session.AspNetCore", "Session.Conformance", "Session.Conformance.Tool", "Session.Conformance.Xunit", "Session.Stores.File",
            "Session.Stores.Memory", "Session.Stores.Mongo", "Session.Stores.Postgres", "Session.Stores.Redis", "Session.Stores.Sqlite",
        ];

        Assert.Equal(ids, feed.Packages.Select(static package => Value(PackageFeed.ReadMetadata(package), "id")).Order(StringComparer.Ordinal));
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
    public void All_packages_have_one_version()
    {
        var versions = feed.Packages.Select(static package => Value(PackageFeed.ReadMetadata(package), "version")).Distinct();

        Assert.Single(versions);
    }

    private static XElement Element(XElement metadata, string name) => metadata.Elements().Single(element => element.Name.LocalName == name);

    private static string Value(XElement metadata, string name) => Element(metadata, name).Value;
}
