using System.Text;
using Microsoft.Extensions.Logging;

namespace Session.Stores.File.Tests;

/// <summary>A folder for sessions within one of its own, the stores on it, and a clock. Removed with everything in it.</summary>
internal sealed class TestFolder : IAsyncDisposable
{
    private readonly List<FileSessionStore> _stores = [];
    private readonly string _parent = Directory.CreateTempSubdirectory("session-file-").FullName;

    public string Parent => _parent;

    public string Path => System.IO.Path.Combine(_parent, "sessions");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public long NowMilliseconds => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The names of everything but the locks.</summary>
    public string[] Names => [.. Directory.GetFileSystemEntries(Path).Select(static path => System.IO.Path.GetFileName(path)).Where(static name => name != ".locks")];

    public FileSessionStore Store(Action<FileSessionStoreOptions>? configure = null, ILogger<FileSessionStore>? logger = null)
    {
        var options = new FileSessionStoreOptions { Path = Path, BusyTimeout = TimeSpan.FromSeconds(30), PruneInterval = Timeout.InfiniteTimeSpan };
        configure?.Invoke(options);
        var store = new FileSessionStore(options, Clock, logger);
        _stores.Add(store);
        return store;
    }

    /// <summary>A record whose payload holds <paramref name="value"/> and that lives for 10 minutes.</summary>
    public SessionRecord Record(string value = "a", TimeSpan? life = null) =>
        new(Payload(value), Clock.GetUtcNow() + (life ?? TimeSpan.FromMinutes(10)));

    public static byte[] Payload(string value) => Encoding.UTF8.GetBytes($$"""{"cookie":{},"value":"{{value}}"}""");

    /// <summary>A file of the folder.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Text(string name) => System.IO.File.ReadAllText(File(name));

    /// <summary>Puts a file there as somebody else would.</summary>
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

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(_parent, recursive: true);
    }
}
