using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ServerSessions.Conformance.Tool.Tests;

/// <summary>An assembly that was built against another kit or contract.</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData(
        "Session.Conformance",
        9,
        3,
        "was built with Session.Conformance 9.3.0; this is session-conformance {kit}, which does not fit. Update the tool: dotnet tool "
            + "update Session.Conformance.Tool --version 9.3.*"
    )]
    [InlineData(
        "Session.Abstractions",
        9,
        0,
        "was built with Session.Abstractions 9.0.0; this is session-conformance {kit}, which does not fit. Update the tool"
    )]
    [InlineData(
        "Session.Conformance",
        0,
        0,
        "Reference Session.Conformance {kit} there and build again, or install an older tool: dotnet tool install "
            + "Session.Conformance.Tool --version 0.0.*"
    )]
    public async Task A_version_that_does_not_fit_is_named_with_what_to_do(string reference, ushort major, ushort minor, string message)
    {
        using var folder = new TempFolder();
        var assembly = folder.File("Store.dll");
        await File.WriteAllBytesAsync(
            assembly,
            WithReference(ToolProcess.Harnesses, reference, major, minor),
            TestContext.Current.CancellationToken
        );

        var run = await ToolProcess.RunAsync("run", assembly, "--harness", "SoundHarness");

        Assert.Equal((3, ""), (run.ExitCode, run.Output));
        Assert.Contains(message.Replace("{kit}", ToolProcess.Kit, StringComparison.Ordinal), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packages_that_are_not_beside_the_assembly_are_named_with_what_to_do()
    {
        using var folder = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(ToolProcess.Harnesses)!, "Session.*"))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        var run = await ToolProcess.RunAsync("run", folder.File(Path.GetFileName(ToolProcess.Harnesses)), "--harness", "SqliteHarness");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("Microsoft.Data.Sqlite.Core, ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.Extensions.", run.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "not beside Session.Conformance.Tool.Harnesses.dll. A class library has its packages there only with "
                + "<CopyLocalLockFileAssemblies>true</CopyLocalLockFileAssemblies> in its project; a test project always has them.\n",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_tool_says_its_version()
    {
        var run = await ToolProcess.RunAsync("--version");

        Assert.Equal((0, ToolProcess.Kit + "\n"), (run.ExitCode, run.Output));
    }

    /// <summary>
    /// The assembly, with the version of one of its references put to another: what a build against that version would have written.
    /// </summary>
    private static byte[] WithReference(string file, string reference, ushort major, ushort minor)
    {
        var bytes = File.ReadAllBytes(file);
        using var reader = new PEReader(new MemoryStream(bytes));
        var metadata = reader.GetMetadataReader();
        var handle = metadata.AssemblyReferences.Single(handle =>
            metadata.GetString(metadata.GetAssemblyReference(handle).Name) == reference
        );
        var at =
            reader.PEHeaders.MetadataStartOffset
            + metadata.GetTableMetadataOffset(TableIndex.AssemblyRef)
            + ((MetadataTokens.GetRowNumber(handle) - 1) * metadata.GetTableRowSize(TableIndex.AssemblyRef));

        // The row starts with the major and the minor version, two bytes each.
        BitConverter.TryWriteBytes(bytes.AsSpan(at), major);
        BitConverter.TryWriteBytes(bytes.AsSpan(at + 2), minor);
        return bytes;
    }
}
