using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Session;
using Microsoft.Extensions.Caching.Distributed;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>Entries and cookies that ASP.NET Core has not written are no session, and no failure.</summary>
public sealed class HostileImportTests(ITestOutputHelper output)
{
    private static readonly byte[] Whole = OldSite.Entry((Utf8("user"), Utf8("bob")), (Utf8("b"), [0, 1, 2, 3, 0xff]), (Utf8(""), []));

    private static DistributedCacheEntryOptions Life => new();

    [Fact]
    public async Task An_entry_that_is_cut_or_changed_at_any_byte_is_a_whole_session_or_none()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var site = await MovedSite.StartAsync();
        var damaged = Enumerable
            .Range(0, Whole.Length)
            .Select(static length => Whole[..length])
            .Concat(Enumerable.Range(0, 200).Select(_ => Flip(random)))
            .Append([.. Whole, 0])
            .Append([1, .. Whole[1..]])
            .Append([2, 0xff, 0xff, 0xff, .. new byte[16]])
            .Append([2, 0, 0, 1, .. new byte[16], 0xff, 0xff])
            .Append([2, 0, 0, 1, .. new byte[16], 0, 0, 0xff, 0xff, 0xff, 0xff])
            .Append([2, 0, 0, 1, .. new byte[16], 0, 0, 0x7f, 0xff, 0xff, 0xff])
            .Append(OldSite.Entry(([0xff], [1])));

        foreach (var entry in damaged)
        {
            var key = Guid.CreateVersion7().ToString();
            await site.Cache.SetAsync(key, entry, Life);

            using var response = await site.App.GetAsync("/keys", site.Old.CookieOf(key));

            Assert.Equal(200, (int)response.StatusCode);
            var wasImported = site.Cache.Removed.Contains(key);
            Assert.Equal(wasImported, response.SetCookie() is not null);
            Assert.Equal(wasImported ? null : entry, await site.Cache.GetAsync(key));
        }

        Assert.Equal(1, site.App.Logs.Count("ImportDamaged"));
    }

    [Fact]
    public async Task The_whole_entry_is_imported()
    {
        await using var site = await MovedSite.StartAsync();
        var key = Guid.CreateVersion7().ToString();
        await site.Cache.SetAsync(key, Whole, Life);

        Assert.Equal("user b ", await site.GetAsync("/keys", site.Old.CookieOf(key)));
    }

    [Fact]
    public async Task A_cookie_that_these_keys_have_not_sealed_costs_no_call_of_the_cache_and_is_no_session()
    {
        await using var site = await MovedSite.StartAsync();
        var calls = 0;
        site.Cache.Before = _ => Task.FromResult(calls++);
        var key = Guid.CreateVersion7().ToString();
        var good = site.Old.CookieOf(key);
        string[] cookies =
        [
            $"{SessionDefaults.CookieName}={key}",
            $"{SessionDefaults.CookieName}=",
            $"{SessionDefaults.CookieName}=A",
            $"{SessionDefaults.CookieName}=%",
            $"{SessionDefaults.CookieName}=====",
            $"{SessionDefaults.CookieName}={new string('A', 4000)}",
            good[..^8],
            good[..40] + (good[40] == 'A' ? 'B' : 'A') + good[41..],
            new OldSite(site.Cache, new EphemeralDataProtectionProvider()).CookieOf(key),
            site.Old.CookieOf("short"),
            site.Old.CookieOf(new string('x', 37)),
        ];

        foreach (var cookie in cookies)
        {
            Assert.Equal("none", await site.GetAsync("/get", cookie));
        }

        Assert.Equal((0, 0), (calls, site.Store.Calls.Length));
    }

    [Fact]
    public async Task Keys_of_Data_Protection_that_cannot_be_read_are_a_failure_and_no_empty_session()
    {
        await using var site = await MovedSite.StartAsync(keysAfterTheMove: new KeysAway());

        using var response = await site.App.GetAsync("/get", site.Old.CookieOf(Guid.CreateVersion7().ToString()));

        Assert.Equal(503, (int)response.StatusCode);
    }

    [Fact]
    public async Task Of_several_cookies_the_valid_one_counts()
    {
        await using var site = await MovedSite.StartAsync();
        var old = await site.Old.BeginAsync(static session => session.Set("user", Utf8("bob")));

        Assert.Equal("bob", await site.GetAsync("/get", $"{SessionDefaults.CookieName}=planted; {old}"));
    }

    private static byte[] Flip(Random random)
    {
        var entry = Whole.ToArray();
        entry[random.Next(entry.Length)] ^= (byte)(1 << random.Next(8));
        return entry;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Data Protection whose keys are away, as it then fails.</summary>
    private sealed class KeysAway : IDataProtectionProvider, IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => throw new NotSupportedException();

        public byte[] Unprotect(byte[] protectedData) =>
            throw new CryptographicException("An error occurred while trying to decrypt.", new IOException("The folder is away."));
    }
}
