using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.File;

namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>session-file-store: a file of JSON with the member <c>__lastAccess</c>.</summary>
internal sealed class FileBackend : Backend
{
    private const string LastAccess = "__lastAccess";

    // For its owner alone, as a test of root's own would not notice.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-cross-");

    public override string Kind => "file";

    public override object NodePlace => new { path = _folder.FullName };

    public override TimeSpan DefaultLifetime => TimeSpan.FromHours(1);

    public override bool TouchWritesCookie => true;

    public override string Url => "file:" + _folder.FullName;

    public override ISessionStore NewStore(TimeProvider clock) => new FileSessionStore(Configured(new FileSessionStoreOptions()), clock);

    public override void AddTo(IServerSessionBuilder builder) => builder.AddFileStore(options => Configured(options));

    public override async Task<RawRecord?> DumpAsync(string sid, DateTimeOffset at, long mark)
    {
        var file = Path.Combine(_folder.FullName, sid + ".json");
        if (!File.Exists(file))
        {
            return null;
        }

        var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(
            await File.ReadAllBytesAsync(file)
        );
        using var document = JsonDocument.Parse(text);
        var lastAccess = document.RootElement.GetProperty(LastAccess);
        var maxAge = document.RootElement.GetProperty("cookie").GetProperty("originalMaxAge");
        var life = maxAge.ValueKind == JsonValueKind.Number ? TimeSpan.FromMilliseconds(maxAge.GetInt64()) : DefaultLifetime;
        var (cookie, values) = JsonMembers.Of(text, LastAccess);
        return new RawRecord(
            new SortedDictionary<string, string> { [LastAccess] = lastAccess.ValueKind.ToString() },
            cookie,
            values,
            JsonSerializer.Serialize(new { file = sid + ".json", text }, GoldenJson.Options),
            Instant.At(DateTimeOffset.FromUnixTimeMilliseconds(lastAccess.GetInt64()) + life)
        );
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private FileSessionStoreOptions Configured(FileSessionStoreOptions options)
    {
        (options.Path, options.PruneInterval) = (_folder.FullName, Timeout.InfiniteTimeSpan);
        return options;
    }
}
