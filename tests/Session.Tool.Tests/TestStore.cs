using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tool.Users;

namespace ServerSessions.Tool.Tests;

/// <summary>A store that a test fills and looks into, opened by its URL.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestStore(string url, ServiceProvider services)
    {
        (Url, _services) = (url, services);
        Store = services.GetRequiredService<ISessionStore>();
    }

    public string Url { get; }

    public ISessionStore Store { get; }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <param name="url">The URL.</param>
    /// <param name="clock">The store's clock; <see langword="null"/> for the system's, which is the tool's.</param>
    public static TestStore Open(string url, TimeProvider? clock = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(clock ?? TimeProvider.System);
        typeof(TestStore)
            .Assembly.GetCustomAttributes<SessionStoreProviderAttribute>()
            .Select(static named => named.CreateProvider())
            .Single(provider => provider.UrlPrefixes.Any(prefix => url.StartsWith(prefix, StringComparison.Ordinal)))
            .AddStore(new Builder(services), url);
        return new TestStore(url, services.BuildServiceProvider());
    }

    public static string Payload(string members = "") =>
        $$"""{"cookie":{"originalMaxAge":604800000,"httpOnly":true,"path":"/"}{{(members.Length > 0 ? "," + members : "")}}}""";

    /// <summary>Stores a session for a week, or until an instant.</summary>
    public async Task PutAsync(string sid, string members = "\"views\":1", DateTimeOffset? expires = null) =>
        await Store.SetAsync(sid, new SessionRecord(Encoding.UTF8.GetBytes(Payload(members)), expires ?? Now.AddDays(7).AddSeconds(-10)));

    /// <summary>Stores numbered sessions.</summary>
    public Task PutManyAsync(int count) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), async (number, _) =>
            await PutAsync($"sid-{number:00000}", $"\"number\":{number}")
        );

    /// <summary>Stores the list of a user as an application does, with sessions that were listed long ago.</summary>
    public Task PutListAsync(string user, string[] keys, bool ending = false, DateTimeOffset? expires = null) =>
        PutListAsync(user, [.. keys.Select(static key => new[] { key })], ending, expires);

    /// <summary>Stores the list of a user whose sessions are under several keys each, as while they get a new id.</summary>
    public async Task PutListAsync(string user, string[][] sessions, bool ending = false, DateTimeOffset? expires = null)
    {
        var entries = sessions.Select(keys => new
        {
            handle = keys[0],
            keys,
            added = DateTimeOffset.UnixEpoch,
            ending,
        });
        var list = $"\"__user\":{JsonSerializer.Serialize(new { subject = user, entries })}";
        await ((ISiblingSessionStore)Store)
            .GetSibling(UserLists.SiblingName)
            .SetAsync(UserLists.KeyOf(user), new SessionRecord(Encoding.UTF8.GetBytes(Payload(list)), expires ?? Now.AddDays(28)));
    }

    public async Task<bool> HasAsync(string sid) => await Store.GetAsync(sid) is not null;

    /// <summary>Returns the JSON of a session; <see langword="null"/> if there is none.</summary>
    public async Task<string?> TextAsync(string sid) =>
        await Store.GetAsync(sid) is { } record ? Encoding.UTF8.GetString(record.Payload.Span) : null;

    public ValueTask<long> CountAsync() => ((IEnumerableSessionStore)Store).LengthAsync();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class Builder(IServiceCollection services) : IServerSessionBuilder
    {
        public IServiceCollection Services => services;
    }
}

/// <summary>A folder that goes with the test, and stores in it.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-tool-");

    public string Path => _folder.FullName;

    public string Sqlite(string name = "sessions.db") => $"sqlite:{File(name)}";

    public string Files(string name = "sessions") => $"file:{File(name)}";

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
