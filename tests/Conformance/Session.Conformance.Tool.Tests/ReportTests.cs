using System.Text.Json;
using System.Xml.Linq;

namespace ServerSessions.Conformance.Tool.Tests;

/// <summary>The files of a run, and the matrix that is made of them.</summary>
public sealed class ReportTests
{
    [Fact]
    public async Task A_run_writes_the_reports_that_are_asked_for_and_says_where()
    {
        using var folder = new TempFolder();
        var run = await ToolProcess.RunHarnessAsync(
            "ForgetfulHarness",
            "--case",
            "GSD",
            "--report",
            "md,json,junit,badge",
            "--output",
            folder.File("new/reports")
        );

        string[] names = ["Forgetful.md", "Forgetful.json", "Forgetful.junit.xml", "Forgetful.badge.json"];
        Assert.Equal(
            names.Select(name => $"written: {folder.File("new/reports/" + name)}"),
            run.Lines.Where(static line => line.StartsWith("written:", StringComparison.Ordinal))
        );

        var json = JsonDocument.Parse(Read("Forgetful.json")).RootElement;
        Assert.Equal(
            (1, "memory, with a hole", false),
            (json.GetProperty("schema").GetInt32(), json.GetProperty("backend").GetString(), json.GetProperty("conforms").GetBoolean())
        );
        Assert.Equal("does not conform", JsonDocument.Parse(Read("Forgetful.badge.json")).RootElement.GetProperty("message").GetString());
        Assert.Equal("2", XDocument.Parse(Read("Forgetful.junit.xml")).Descendants("testsuite").Single().Attribute("failures")!.Value);
        Assert.Contains("--case GSD-04 --seed 1\n```", Read("Forgetful.md"), StringComparison.Ordinal);

        string Read(string name) => File.ReadAllText(folder.File("new/reports/" + name));
    }

    [Fact]
    public async Task A_matrix_has_a_column_for_each_report_and_leaves_badges_out()
    {
        using var folder = new TempFolder();
        await ToolProcess.RunHarnessAsync("ForgetfulHarness", "--case", "GSD", "--output", folder.Path, "--report", "json,badge");
        await ToolProcess.RunHarnessAsync("SoundHarness", "--case", "GSD", "--output", folder.Path, "--report", "json");

        var run = await ToolProcess.RunAsync("matrix", folder.File("*.json"));
        var files = await ToolProcess.RunAsync("matrix", folder.File("Sound.json"), folder.File("Forgetful.json"), "--output", folder.Path);

        Assert.Equal((0, $"left out: {folder.File("Forgetful.badge.json")} is a badge\n"), (run.ExitCode, run.Error));
        Assert.Contains("| case | level | rule | Forgetful | Sound |\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("| GSD-04 | Required | After destroy the session is absent. | ✗ | ✓ |\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            (0, $"written: {folder.File("conformance-matrix.md")}\nwritten: {folder.File("conformance-matrix.html")}\n"),
            (files.ExitCode, files.Output)
        );
        Assert.Contains(
            "| case | level | rule | Sound | Forgetful |\n",
            await File.ReadAllTextAsync(folder.File("conformance-matrix.md"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "<th scope=\"col\" class=\"cell\">Sound</th><th scope=\"col\" class=\"cell\">Forgetful</th>",
            await File.ReadAllTextAsync(folder.File("conformance-matrix.html"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_no_report_is_named_by_its_file()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("package.json"), "{}", TestContext.Current.CancellationToken);

        var run = await ToolProcess.RunAsync("matrix", folder.File("package.json"));

        Assert.Equal(4, run.ExitCode);
        Assert.Equal(
            $"error: {folder.File("package.json")}: It is no report of the conformance kit: it has no members \"schema\" and \"cases\".\n",
            run.Error
        );
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_said()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("taken"), "", TestContext.Current.CancellationToken);

        var run = await ToolProcess.RunHarnessAsync("SoundHarness", "--case", "GSD", "--output", folder.File("taken"));

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("cannot be written", run.Error, StringComparison.Ordinal);
    }
}
