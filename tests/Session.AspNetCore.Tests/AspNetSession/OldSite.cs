using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Session;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>The application before its move: ASP.NET Core's own session, over its cache and its Data Protection keys.</summary>
internal sealed class OldSite(IDistributedCache cache, IDataProtectionProvider keys)
{
    /// <summary>Begins a session there with values, and returns its cookie.</summary>
    public async Task<string> BeginAsync(Action<ISession> values, Action<SessionOptions>? options = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IDistributedCache>(cache).AddSession(session => options?.Invoke(session)).AddSingleton(keys);
        await using var app = builder.Build();
        app.UseSession();
        app.Run(async context =>
        {
            await context.Session.LoadAsync();
            values(context.Session);
        });
        await app.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var response = await client.GetAsync(new Uri(app.Urls.Single()));
        response.EnsureSuccessStatusCode();
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    /// <summary>The cookie of an entry that someone has put into the cache.</summary>
    public string CookieOf(string key) =>
        $"{SessionDefaults.CookieName}="
        + Uri.EscapeDataString(
            Convert.ToBase64String(keys.CreateProtector(nameof(SessionMiddleware)).Protect(Encoding.UTF8.GetBytes(key))).TrimEnd('=')
        );

    /// <summary>An entry with values of bytes, as ASP.NET Core writes it.</summary>
    public static byte[] Entry(params (byte[] Key, byte[] Value)[] values)
    {
        var entry = new List<byte> { 2, 0, 0, (byte)values.Length };
        entry.AddRange(new byte[16]);
        Span<byte> length = stackalloc byte[4];
        foreach (var (key, value) in values)
        {
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)key.Length);
            entry.AddRange(length[..2]);
            entry.AddRange(key);
            BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
            entry.AddRange(length);
            entry.AddRange(value);
        }

        return [.. entry];
    }
}

/// <summary>A cache in memory that fails, waits or counts as it is told.</summary>
internal sealed class OldCache : IDistributedCache
{
    private readonly MemoryDistributedCache _memory = new(Options.Create(new MemoryDistributedCacheOptions()));

    /// <summary>Runs before each call, with its name.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>The keys that were removed.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Removed { get; } = new();

    /// <summary>The keys that were set.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Keys { get; } = new();

    public byte[]? Get(string key) => throw new NotSupportedException();

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        await Before("get");
        return await _memory.GetAsync(key, token);
    }

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        Keys.Enqueue(key);
        return _memory.SetAsync(key, value, options, token);
    }

    public void Refresh(string key) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => _memory.RefreshAsync(key, token);

    public void Remove(string key) => throw new NotSupportedException();

    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        await Before("remove");
        Removed.Enqueue(key);
        await _memory.RemoveAsync(key, token);
    }
}
