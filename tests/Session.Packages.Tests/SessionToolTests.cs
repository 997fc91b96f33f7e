namespace ServerSessions.Packages.Tests;

/// <summary>The tool <c>session</c>, installed from its package as a reader of its page does.</summary>
public sealed class SessionToolTests(PackageFeed feed)
{
    [Fact]
    public async Task The_packed_tool_installs_and_brings_its_drivers()
    {
        using var reader = new EmptyFolder(feed);

        var output = await reader.RunBlockAsync(
            "dotnet tool install --global Session.Tool --prerelease\n"
                + "session copy memory: sqlite:new.db --no-checkpoint\n"
                + "session doctor sqlite:new.db\n"
                + "session count --store sqlite:new.db --json\n"
        );

        Assert.Contains("copied memory: to sqlite:new.db", output, StringComparison.Ordinal);
        Assert.Contains("SQLite: sqlite:new.db", output, StringComparison.Ordinal);
        Assert.Contains("{\"store\":\"sqlite:new.db\",\"backend\":\"SQLite\",\"count\":0}", output, StringComparison.Ordinal);
    }
}
