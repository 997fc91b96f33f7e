namespace ServerSessions.Tool.Tests;

/// <summary>No password reaches the output, whatever goes wrong.</summary>
public sealed class SecretTests
{
    private const string Password = "hunter2xyz";

    [Theory]
    [InlineData("redis://app:hunter2xyz@127.0.0.1:1/0")]
    [InlineData("postgres://app:hunter2xyz@127.0.0.1:1/app")]
    [InlineData("mysql://app:hunter2xyz@127.0.0.1:1/app")]
    [InlineData("mongodb://app:hunter2xyz@127.0.0.1:1/app")]
    [InlineData("redis://app:hunter2xyz@host:hunter2xyz")]
    [InlineData("acme://app:hunter2xyz@127.0.0.1:1/0")]
    [InlineData("sqlite:Data Source=x.db;Password=hunter2xyz")]
    public async Task A_password_is_never_shown(string url)
    {
        foreach (
            var arguments in (string[][])
                [
                    ["doctor"],
                    ["doctor", "--json"],
                    ["copy", url, "sqlite:never.db"],
                ]
        )
        {
            var run = await Tool.RunAsync(url, [.. arguments, "--timeout", "1"]);

            Assert.NotEqual(0, run.ExitCode);
            Assert.DoesNotContain(Password, run.Output + run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_password_on_the_command_line_is_warned_about_once()
    {
        const string Url = "redis://:hunter2xyz@127.0.0.1:1/0";
        var given = await Tool.RunAsync(null, "count", "--store", Url, "--timeout", "1");
        var variable = await Tool.RunAsync(Url, "count", "--timeout", "1");
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("url"), Url + "\n", TestContext.Current.CancellationToken);
        var file = await Tool.RunAsync(null, "count", "--store", $"@{folder.File("url")}", "--timeout", "1");

        Assert.StartsWith("warning: the password on the command line is visible", given.Error, StringComparison.Ordinal);
        Assert.Equal((3, 3), (variable.ExitCode, file.ExitCode));
        Assert.DoesNotContain("warning:", variable.Error + file.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_read_from_standard_input()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "p@ss/word");
        var url = $"redis://:wrong@{server.EndPoint}/0";

        var run = await Tool.RunWithAsync(Tool.Environment(url), "p@ss/word\n", "count", "--password-stdin");
        var wrong = await Tool.RunAsync(url, "count");

        Assert.Equal((0, "0\n"), (run.ExitCode, run.Output));
        Assert.Equal(3, wrong.ExitCode);
    }
}
