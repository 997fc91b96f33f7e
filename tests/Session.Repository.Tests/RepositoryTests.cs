using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ServerSessions.Repository.Tests;

/// <summary>Rules about the tree itself, so that they need nobody's memory.</summary>
public sealed partial class RepositoryTests
{
    // One idea a file; beyond this there are two.
    private const int MaxLines = 350;

    [Fact]
    public void The_example_in_the_readme_is_the_sample_that_is_compiled()
    {
        var block = CodeBlock()
            .Matches(Tree.Read("README.md"))
            .Select(static match => match.Groups["code"].Value)
            .Single(static code => code.Contains("WebApplication.CreateBuilder", StringComparison.Ordinal));

        Assert.Equal(Tree.Read("samples/MinimalApi/Program.cs"), block);
        Assert.True(block.TrimEnd().Split('\n').Length <= 15);
    }

    [Fact]
    public void Every_link_in_the_documents_leads_to_a_file()
    {
        var dead =
            from document in Tree.Files(".", "*.md")
            from Match link in Link().Matches(Tree.Read(document))
            let target = link.Groups["target"].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            let path = Path.Combine(Tree.Root, Path.GetDirectoryName(document)!, target)
            where !File.Exists(path) && !Directory.Exists(path)
            select $"{document}: {target}";

        Assert.Empty(dead);
    }

    [Theory]
    [InlineData("docs/guarantees.md")]
    [InlineData("tests/Session.AspNetCore.Tests/AspNetSession/README.md")]
    public void Every_test_that_a_page_of_promises_names_is_there(string page)
    {
        var tests = string.Concat(Tree.Files("tests", "*.cs").Select(Tree.Read));
        var named = TestName().Matches(Tree.Read(page)).Select(static match => match.Groups["name"].Value).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains($" {name}(", tests, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_decision_has_a_number_of_its_own_its_consequences_and_a_line_in_the_list()
    {
        var list = Tree.Read("docs/adr/README.md");
        var pages = Directory
            .EnumerateFiles(Path.Combine(Tree.Root, "docs/adr"), "0*.md")
            .Select(static path => Path.GetFileName(path)!)
            .ToList();

        Assert.Equal(pages.Count, pages.Select(static page => page[..4]).Distinct().Count());
        Assert.All(pages, page =>
        {
            var text = Tree.Read($"docs/adr/{page}");
            var title = text.Split('\n')[0]["# ".Length..].Trim();
            Assert.StartsWith(
                $"{int.Parse(page.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture)}. ",
                title,
                StringComparison.Ordinal
            );
            Assert.Contains($"- [{title}]({page})\n", list, StringComparison.Ordinal);
            Assert.Contains("Decision", text, StringComparison.Ordinal);
            Assert.Contains("Consequences", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_backend_has_the_same_files()
    {
        string[] expected =
        [
            "{0}SessionStore.cs",
            "{0}SessionStore.Log.cs",
            "{0}SessionStoreOptions.cs",
            "{0}SessionStoreOptionsValidator.cs",
            "{0}SessionStoreBuilderExtensions.cs",
            "{0}SessionStoreProvider.cs",
            "README.md",
            "PublicAPI.Shipped.txt",
            "PublicAPI.Unshipped.txt",
        ];
        var folders = Backends();
        var missing =
            from folder in folders
            let backend = folder["Session.Stores.".Length..]
            from name in expected
            let file = string.Format(System.Globalization.CultureInfo.InvariantCulture, name, backend)
            where !File.Exists(Path.Combine(Tree.Root, "src", folder, file))
            select $"{backend}: {file}";

        Assert.NotEmpty(folders);
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_backend_is_named_by_its_package_and_its_urls_stand_in_the_messages_about_a_missing_package()
    {
        var messages = Tree.Read("src/Session.AspNetCore/Registration/StorePackages.cs");
        // The memory store comes with AspNetCore.
        var packages = Tree.Files("src", "Session.Stores.*.csproj")
            .Select(static file => Path.GetFileNameWithoutExtension(file)!)
            .Except(["Session.Stores.Memory"])
            .ToArray();

        Assert.NotEmpty(packages);
        Assert.Equal(packages.Length, PackageText().Count(messages));
        Assert.All(packages, package =>
        {
            var backend = package["Session.Stores.".Length..];
            var type = XDocument
                .Load(Path.Combine(Tree.Root, $"src/{package}/buildTransitive/{package}.props"))
                .Descendants("_Parameter1")
                .Single()
                .Value;
            Assert.Equal($"ServerSessions.Stores.{backend}.{backend}SessionStoreProvider, {package}", type);
            var provider = new SessionStoreProviderAttribute(type).CreateProvider();
            Assert.Equal(backend, provider.Name, ignoreCase: true);
            Assert.Contains(
                $"(\"{package}\", [{string.Join(", ", provider.UrlPrefixes.Select(static prefix => $"\"{prefix}\""))}]),\n",
                messages,
                StringComparison.Ordinal
            );
        });
    }

    [Fact]
    public void Every_backend_runs_the_conformance_kit_and_its_outcomes_are_checked_in()
    {
        foreach (var folder in Backends())
        {
            var backend = folder["Session.Stores.".Length..];
            Assert.Contains(
                $": FirstPartyConformance<{backend}Harness>",
                Tree.Read($"tests/{folder}.Tests/ConformanceTests.cs"),
                StringComparison.Ordinal
            );
            Assert.Contains(folder, Tree.Read($"tests/{folder}.Tests/{folder}.Tests.csproj"), StringComparison.Ordinal);
            Assert.Contains("\"PER-01\"", Tree.Read($"docs/conformance/{backend.ToLowerInvariant()}.json"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_source_file_is_longer_than_one_idea()
    {
        var tooLong =
            from file in Tree.Files("src", "*.cs").Concat(Tree.Files("samples", "*.cs"))
            let lines = File.ReadLines(Path.Combine(Tree.Root, file)).Count()
            where lines > MaxLines
            select $"{file}: {lines}";

        Assert.Empty(tooLong);
    }

    [Fact]
    public void References_between_projects_run_one_way()
    {
        var wrong =
            from file in Tree.Files("src", "*.csproj")
            let project = Path.GetFileNameWithoutExtension(file)
            from reference in XDocument.Load(Path.Combine(Tree.Root, file)).Descendants("ProjectReference")
            let target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)
            where
                !(
                    target == "Session.Abstractions"
                    || (
                        target == "Session.Stores"
                        && (project.StartsWith("Session.Stores.", StringComparison.Ordinal) || project == "Session.Testing.Faults")
                    )
                    || (project == "Session.AspNetCore" && target is "Session.Stores.Memory" or "Session.Stores")
                    || (project is "Session.OpenTelemetry" or "Session.Dashboard" && target == "Session.AspNetCore")
                )
            select $"{project} → {target}";

        Assert.Empty(wrong);
        Assert.DoesNotContain(
            "FrameworkReference",
            string.Concat(Tree.Files("src", "Session.Stores.*.csproj").Select(Tree.Read)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_package_has_a_readme_that_says_how_to_use_it_and_is_listed_in_the_solution()
    {
        var solution = Tree.Read("Session.Stores.sln");
        foreach (var project in Tree.Files("src", "*.csproj"))
        {
            var readme = Tree.Read(Path.Combine(Path.GetDirectoryName(project)!, "README.md"));
            Assert.True(readme.Length > 300, $"{project}: its README says next to nothing.");
            Assert.Contains(Path.GetFileName(project), solution, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_package_stands_in_the_picture_of_the_architecture()
    {
        var picture = Tree.Read("docs/architecture.svg");

        // Beside what it belongs to, the end of a name is enough.
        Assert.All(
            Tree.Files("src", "*.csproj").Select(static project => Path.GetFileNameWithoutExtension(project)!),
            package => Assert.True(picture.Contains($">{package}<") || picture.Contains($">.{package.Split('.')[^1]}<"), package)
        );
    }

    [Fact]
    public void A_silenced_warning_has_its_reason_beside_it()
    {
        var bare =
            from file in Tree.Files(".", "*.csproj").Concat(Tree.Files(".", "*.props"))
            let lines = Tree.Read(file).Split('\n')
            from i in Enumerable.Range(0, lines.Length)
            where lines[i].Contains("<NoWarn>", StringComparison.Ordinal) && !lines[i - 1].Contains("-->", StringComparison.Ordinal)
            select $"{file}:{i + 1}";

        Assert.Empty(bare);
    }

    /// <summary>The folders of the backends. The kit's folder, Session.Stores, matches the pattern too.</summary>
    private static string[] Backends() =>
        [
            .. Directory
                .EnumerateDirectories(Path.Combine(Tree.Root, "src"), "Session.Stores.*")
                .Select(static path => Path.GetFileName(path)!)
                .Where(static folder => folder != "Session.Stores"),
        ];

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("`(?<name>[A-Z][a-z]*(_[A-Za-z0-9]+){3,})`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\(""Session\.Stores\.")]
    private static partial Regex PackageText();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
