using System.IO.Compression;
using System.Xml.Linq;

namespace ServerSessions.Packages.Tests;

/// <summary>A folder with the packages as <c>eng/pack.sh</c> makes them from what is built; packed once for all tests.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("session-packages-").FullName;

    /// <summary>Where restored packages of the tests lie: a machine's own folder would keep an older build of the same version.</summary>
    public string RestoredPackages => Path.Combine(Folder, "restored");

    /// <summary>The packages of somebody else, which a test makes.</summary>
    public string OthersFolder { get; } = Directory.CreateTempSubdirectory("session-others-").FullName;

    public IReadOnlyList<string> Packages => [.. Directory.EnumerateFiles(Folder, "*.nupkg").Order(StringComparer.Ordinal)];

    public async ValueTask InitializeAsync() =>
        await Shell.RunAsync(Folder, "bash", [Path.Combine(Tree.Root, "eng", "pack.sh"), Folder, "--no-build", "-c", Tree.Configuration]);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(OthersFolder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>What a package says of itself.</summary>
    public static XElement ReadMetadata(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        using var nuspec = archive.Entries.Single(static entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(nuspec).Root!.Elements().Single(static element => element.Name.LocalName == "metadata");
    }
}
