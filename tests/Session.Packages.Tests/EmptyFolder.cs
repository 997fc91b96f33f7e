using System.Text.RegularExpressions;

namespace ServerSessions.Packages.Tests;

/// <summary>A reader's empty folder: it knows the public gallery and the folder of packages, and nothing of the repository.</summary>
public sealed partial class EmptyFolder : IDisposable
{
    private readonly Dictionary<string, string?> _environment;

    public EmptyFolder(PackageFeed feed)
    {
        Path = Directory.CreateTempSubdirectory("session-reader-").FullName;
        _environment = new() { ["NUGET_PACKAGES"] = feed.RestoredPackages, ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["DOTNET_NOLOGO"] = "1" };

        // What the machine has restored already need not be fetched again.
        var machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(
            System.IO.Path.Combine(Path, "nuget.config"),
            $"""
            <configuration>
              <packageSources>
                <add key="session-stores" value="{feed.Folder}" />
                <add key="acme" value="{feed.OthersFolder}" />
              </packageSources>
              <fallbackPackageFolders>{(Directory.Exists(machine) ? $"<add key=\"machine\" value=\"{machine}\" />" : "")}</fallbackPackageFolders>
              <packageSourceMapping>
                <packageSource key="session-stores"><package pattern="Session.*" /></packageSource>
                <packageSource key="acme"><package pattern="Acme.*" /></packageSource>
                <packageSource key="nuget.org"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
    }

    public string Path { get; }

    /// <summary>Runs one command line, in a folder below or in this one.</summary>
    public async Task<string> RunAsync(string commandLine, string below = "")
    {
        var words = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return await Shell.RunAsync(System.IO.Path.Combine(Path, below), words[0], words[1..], _environment);
    }

    public void Write(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>The blocks of one language that stand under a heading of a page.</summary>
    public static IReadOnlyList<string> Blocks(string page, string heading, string language)
    {
        var text = Tree.Read(page);
        var start = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{page} has no heading '{heading}'.");
        var end = text.IndexOf("\n## ", start + 4, StringComparison.Ordinal);
        var section = end < 0 ? text[start..] : text[start..end];
        return [.. Fence().Matches(section).Where(match => match.Groups["language"].Value == language).Select(static match => match.Groups["code"].Value)];
    }

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
