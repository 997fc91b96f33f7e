using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.File.Tests;

/// <summary>A folder for sessions within one of its own.</summary>
public sealed class TestFolder : StorePlace<FileSessionStore, FileSessionStoreOptions>
{
    private readonly string _parent = Directory.CreateTempSubdirectory("session-file-").FullName;

    public string Parent => _parent;

    public string Path => System.IO.Path.Combine(_parent, "sessions");

    public long NowMilliseconds => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The names of everything but the locks.</summary>
    public string[] Names =>
        [
            .. Directory
                .GetFileSystemEntries(Path)
                .Select(static path => System.IO.Path.GetFileName(path))
                .Where(static name => name != ".locks"),
        ];

    public static Task<TestFolder> CreateAsync() => Task.FromResult(new TestFolder());

    /// <summary>A file of the folder.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Text(string name) => System.IO.File.ReadAllText(File(name));

    /// <summary>Puts a file there as another program would.</summary>
    public void Plant(string name, string text)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        System.IO.File.WriteAllText(File(name), text);
    }

    public override ValueTask OpenAsync(FileSessionStore store, CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    protected override FileSessionStoreOptions Options() =>
        new()
        {
            Path = Path,
            OperationTimeout = TimeSpan.FromSeconds(30),
            PruneInterval = Timeout.InfiniteTimeSpan,
        };

    protected override FileSessionStore Store(FileSessionStoreOptions options, TimeProvider clock, ILogger<FileSessionStore>? logger) =>
        new(options, clock, logger);

    protected override ValueTask RemoveAsync()
    {
        Directory.Delete(_parent, recursive: true);
        return default;
    }
}
