using System.Text.Json;

namespace ServerSessions.Tools;

/// <summary>
/// Finds the dependencies of an assembly that cannot be loaded. The packages of a class library are not copied beside it, which would
/// fail later, deep in the harness.
/// </summary>
internal static class MissingFiles
{
    /// <returns>The names of the packages and projects whose assemblies are not there.</returns>
    public static IReadOnlyList<string> Of(string assembly)
    {
        var list = Path.ChangeExtension(assembly, ".deps.json");
        if (!File.Exists(list))
        {
            return [];
        }

        var available = Available(Path.GetDirectoryName(assembly)!);
        using var document = JsonDocument.Parse(File.ReadAllBytes(list));
        return
        [
            .. document
                .RootElement.GetProperty("targets")
                .EnumerateObject()
                .SelectMany(static target => target.Value.EnumerateObject())
                .Where(library =>
                    library.Value.TryGetProperty("runtime", out var files)
                    && files.EnumerateObject().Any(file => !available.Contains(Path.GetFileNameWithoutExtension(file.Name)))
                )
                .Select(static library => library.Name.Split('/')[0])
                .Distinct(),
        ];
    }

    private static HashSet<string> Available(string folder)
    {
        var platform = (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "").Split(Path.PathSeparator);
        return
        [
            .. platform.Concat(Directory.EnumerateFiles(folder, "*.dll")).Select(static file => Path.GetFileNameWithoutExtension(file)!),
        ];
    }
}
