using System.Reflection;
using System.Text.RegularExpressions;

namespace ServerSessions.Conformance.Tests.Linearizability;

public sealed partial class RuleNameTests
{
    private static readonly string Kit = Path.Combine(
        typeof(RuleNameTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "RepositoryRoot")
            .Value!,
        "tests/Conformance/Session.Conformance"
    );

    [Fact]
    public void Every_rule_that_a_search_names_is_a_case_of_the_catalogue()
    {
        var named = ((string[])["Linearizability", "Model"])
            .SelectMany(static folder => Directory.EnumerateFiles(Path.Combine(Kit, folder), "*.cs"))
            .SelectMany(static file => CaseId().Matches(File.ReadAllText(file)))
            .Select(static match => match.Groups[1].Value)
            .ToHashSet();

        Assert.True(named.Count > 30);
        Assert.DoesNotContain(named, static id => ConformanceCatalogue.Find(id) is null);
    }

    [GeneratedRegex("\"([A-Z]{2,4}-[0-9]{2})\"")]
    private static partial Regex CaseId();
}
