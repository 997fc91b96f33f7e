using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ServerSessions.Repository.Tests;

/// <summary>What the build is told in more than one place, and the format of what it builds.</summary>
public sealed partial class BuildFilesTests
{
    [Fact]
    public void Both_solution_files_list_the_same_projects()
    {
        var classic = ProjectOfSolution()
            .Matches(Tree.Read("Session.Stores.sln"))
            .Select(static match => match.Groups["path"].Value.Replace('\\', '/'))
            .ToHashSet();
        var xml = XDocument
            .Parse(Tree.Read("Session.Stores.slnx"))
            .Descendants("Project")
            .Select(static project => project.Attribute("Path")!.Value)
            .ToHashSet();
        var different = classic.Except(xml).Concat(xml.Except(classic)).ToArray();

        Assert.NotEmpty(classic);
        Assert.True(
            different.Length == 0,
            $"Remove Session.Stores.slnx and run 'dotnet sln Session.Stores.sln migrate'. In one only: {string.Join(", ", different)}"
        );
    }

    [Fact]
    public void Everything_that_ships_and_every_sample_is_restored_from_a_lock_file()
    {
        using var filter = JsonDocument.Parse(Tree.Read("src.slnf"));
        var ships = filter
            .RootElement.GetProperty("solution")
            .GetProperty("projects")
            .EnumerateArray()
            .Select(static path => path.GetString()!.Replace('\\', '/'))
            .ToArray();
        var samples = Tree.Files("samples", "*.csproj")
            .Where(static project =>
                !project.EndsWith(".Tests.csproj", StringComparison.Ordinal)
                && !Tree.Read(project).Contains("IsTestProject", StringComparison.Ordinal)
            );

        Assert.Empty(Tree.Files("src", "*.csproj").Except(ships));
        Assert.All(ships.Concat(samples), static project =>
            Assert.True(File.Exists(Path.Combine(Tree.Root, Path.GetDirectoryName(project)!, "packages.lock.json")), project)
        );
    }

    // The rest of dotnet format needs minutes, and runs in the workflow.
    [Fact]
    public async Task Every_source_file_is_formatted_as_editorconfig_says()
    {
        var format = await RunAsync(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["format", "whitespace", ".", "--folder", "--verify-no-changes"]
        );

        Assert.True(format.ExitCode == 0, $"Run 'dotnet format whitespace . --folder'.\n{format.Output}");
    }

    [Theory]
    [InlineData("--help", 0)]
    [InlineData("-h", 0)]
    [InlineData("--no-build", 2)]
    public async Task Packing_prints_its_usage_instead_of_taking_an_option_for_a_folder(string argument, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for bash.");
        var pack = await RunAsync("bash", [Path.Combine("eng", "pack.sh"), argument]);

        Assert.Equal(exitCode, pack.ExitCode);
        Assert.Contains("Usage: eng/pack.sh [FOLDER", pack.Output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Tree.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var outputs = await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, string.Concat(outputs));
    }

    [GeneratedRegex("^Project\\(.*\"(?<path>[^\"]*\\.csproj)\"", RegexOptions.Multiline)]
    private static partial Regex ProjectOfSolution();
}
