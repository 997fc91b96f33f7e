namespace ServerSessions.Packages.Tests;

/// <summary>A reader's empty folder: it knows the public gallery and the folder of packages, and nothing of the repository.</summary>
public sealed class EmptyFolder : IDisposable
{
    private readonly Dictionary<string, string?> _environment;

    public EmptyFolder(PackageFeed feed)
    {
        Path = Directory.CreateTempSubdirectory("session-reader-").FullName;
        _environment = new()
        {
            ["NUGET_PACKAGES"] = feed.RestoredPackages,
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
            ["DOTNET_NOLOGO"] = "1",
            // One compiler process for all builds takes half the time of one for each, which a machine may have chosen.
            ["UseSharedCompilation"] = "true",
            ["SharedCompilationId"] = feed.Compiler,
        };

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
              <fallbackPackageFolders>{(
                Directory.Exists(machine) ? $"<add key=\"machine\" value=\"{machine}\" />" : ""
            )}</fallbackPackageFolders>
              <packageSourceMapping>
                <packageSource key="session-stores"><package pattern="Session.*" /></packageSource>
                <packageSource key="acme"><package pattern="Acme.*" /></packageSource>
                <packageSource key="nuget.org"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """
        );
    }

    public string Path { get; }

    /// <summary>Runs one command line, in a folder below or in this one.</summary>
    public async Task<string> RunAsync(string commandLine, string below = "")
    {
        var words = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return await Shell.RunAsync(System.IO.Path.Combine(Path, below), words[0], words[1..], _environment);
    }

    /// <summary>Runs the lines of a block as a shell does, to the first that fails.</summary>
    public async Task<(int ExitCode, string Output)> RunScriptAsync(string lines)
    {
        // A tool goes below this folder, and not to the machine's user.
        var script = lines.Replace("dotnet tool install --global ", "dotnet tool install --tool-path tools ", StringComparison.Ordinal);
        var environment = new Dictionary<string, string?>(_environment)
        {
            ["PATH"] = System.IO.Path.Combine(Path, "tools") + System.IO.Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
        };
        if (Directory.Exists("/dev/shm"))
        {
            // A store that waits for the disk at each write is as good on a disk of memory.
            environment["TMPDIR"] = "/dev/shm";
        }

        return await Shell.TryRunAsync(Path, "bash", ["-e", "-c", script], environment);
    }

    /// <summary>The same; each line must succeed.</summary>
    public async Task<string> RunBlockAsync(string lines)
    {
        var (exitCode, output) = await RunScriptAsync(lines);
        Assert.True(exitCode == 0, $"{lines}\nended with {exitCode}.\n{output}");
        return output;
    }

    public void Write(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Writes the project of an application in the folder <c>App</c>.</summary>
    public void WriteApplication(params IEnumerable<string> packages) =>
        Write(
            "App/App.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
            {References(packages)}
                <!-- The trimmer of SDK 10.0.401 leaves X509Certificate2Collection without GetEnumerator, and Kestrel does not start: with an application that has no package, too. -->
                <TrimmerRootAssembly Include="System.Security.Cryptography" Condition="'$(PublishAot)' != 'true'" />
              </ItemGroup>
            </Project>
            """
        );

    /// <summary>The lines of a project that reference packages, in the version of the folder.</summary>
    public static string References(params IEnumerable<string> packages) =>
        string.Join('\n', packages.Select(static package => $"""    <PackageReference Include="{package}" Version="*-*" />"""));

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>The blocks of one language that stand under a heading of a page.</summary>
    public static IReadOnlyList<string> Blocks(string page, string heading, string language)
    {
        var text = Tree.Read(page);
        var start = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{page} has no heading '{heading}'.");
        var end = text.IndexOf("\n## ", start + 4, StringComparison.Ordinal);
        var section = end < 0 ? text[start..] : text[start..end];
        return
        [
            .. PageStep
                .Fence()
                .Matches(section)
                .Where(match => match.Groups["language"].Value == language)
                .Select(static match => match.Groups["code"].Value),
        ];
    }
}
