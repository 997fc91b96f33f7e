namespace ServerSessions.Tests;

/// <summary>A folder with one asset, <c>app.css</c>, and the manifest that the SDK would have written for it.</summary>
internal sealed class AssetFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-assets-");

    public AssetFolder(string css)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, "app.css"), css);
        File.WriteAllText(
            Manifest,
            $$"""
            {"Version":1,"ManifestType":"Publish","Endpoints":[{"Route":"app.css","AssetFile":"app.css","Selectors":[],"EndpointProperties":[],"ResponseHeaders":[
              {"Name":"Content-Length","Value":"{{css.Length}}"},{"Name":"Content-Type","Value":"text/css"},{"Name":"ETag","Value":"\"1\""},{"Name":"Last-Modified","Value":"Sun, 29 Nov 2026 20:00:00 GMT"}]}]}
            """
        );
    }

    public string Path => _folder.FullName;

    public string Manifest => System.IO.Path.Combine(Path, "assets.endpoints.json");

    public void Dispose() => _folder.Delete(recursive: true);
}
