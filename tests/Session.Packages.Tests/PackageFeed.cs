using System.IO.Compression;
using System.Xml.Linq;

namespace ServerSessions.Packages.Tests;

/// <summary>A folder with the packages as <c>eng/pack.sh</c> makes them from what is built; packed once for all tests.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly Lazy<Task> _acme;

    public PackageFeed() => _acme = new Lazy<Task>(() => AcmePackage.PackAsync(this));

    public string Folder { get; } = Directory.CreateTempSubdirectory("session-packages-").FullName;

    /// <summary>The name of the compiler process of all builds here. It listens at a file of that name, so no folder may have it.</summary>
    public string Compiler => $"{Path.GetFileName(Folder)}.compiler";

    /// <summary>Where restored packages of the tests lie: a machine's own folder would keep an older build of the same version.</summary>
    public string RestoredPackages => Path.Combine(Folder, "restored");

    /// <summary>The packages of somebody else, which a test makes.</summary>
    public string OthersFolder { get; } = Directory.CreateTempSubdirectory("session-others-").FullName;

    public IReadOnlyList<string> Packages => [.. Directory.EnumerateFiles(Folder, "*.nupkg").Order(StringComparer.Ordinal)];

    public async ValueTask InitializeAsync() =>
        await Shell.RunAsync(Folder, "bash", [Path.Combine(Tree.Root, "eng", "pack.sh"), Folder, "--no-build", "-c", Tree.Configuration]);

    /// <summary>Adds the package <c>Acme.Sessions</c> to those of somebody else; made once for all tests.</summary>
    public Task AddAcmeAsync() => _acme.Value;

    public async ValueTask DisposeAsync()
    {
        await EndCompilerAsync();
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(OthersFolder, recursive: true);
    }

    // It would wait ten minutes for another build.
    private async Task EndCompilerAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "Empty.proj"), "<Project />");
        var sdk = await Shell.RunAsync(Folder, "dotnet", ["msbuild", "Empty.proj", "-getProperty:MSBuildToolsPath"]);
        var compiler = Path.Combine(sdk.Trim(), "Roslyn", "bincore", "VBCSCompiler.dll");
        await Shell.RunAsync(Folder, "dotnet", [compiler, "-shutdown", $"-pipename:{Compiler}"]);
    }

    /// <summary>What a package says of itself.</summary>
    public static XElement ReadMetadata(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        using var nuspec = archive.Entries.Single(static entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(nuspec).Root!.Elements().Single(static element => element.Name.LocalName == "metadata");
    }
}
