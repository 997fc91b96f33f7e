using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Payload;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Tests.Http;

/// <summary>What a store gets to see where ids are hashed and payloads encrypted.</summary>
public sealed class ProtectionAtRestTests : IDisposable
{
    private const string Canary = "canary-in-the-payload";

    private static readonly string Key1 = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private static readonly string Key2 = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly MemorySessionStore _store = new(new MemorySessionStoreOptions(), TimeProvider.System);

    public static TheoryData<string> Protections => ["aes", "data-protection"];

    [Fact]
    public async Task A_hashed_id_does_not_stand_at_rest_and_all_operations_find_the_session()
    {
        await using var app = await StartAsync(HashIds);
        using var begin = await app.GetAsync("/?v=1");
        var sid = SidOf(begin);
        var entry = await _store.AllAsync().SingleAsync();

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("session-sid-v1\0" + sid))), entry.Sid);
        Assert.DoesNotContain(sid, Text(entry), StringComparison.Ordinal);

        using var read = await app.GetAsync("/read", begin.Cookie());
        using var renewed = await app.GetAsync("/regenerate", begin.Cookie());
        using var after = await app.GetAsync("/read", renewed.Cookie());
        using var old = await app.GetAsync("/read", begin.Cookie());
        using var signedOut = await app.GetAsync("/destroy", renewed.Cookie());
        Assert.Equal(("1", "1", ""), (await read.BodyAsync(), await after.BodyAsync(), await old.BodyAsync()));
        Assert.All(await _store.AllAsync().ToListAsync(), static left =>
            Assert.Equal(["__moved"], SessionDocument.Parse(left.Record.Payload).Keys)
        );
    }

    [Fact]
    public async Task What_stands_in_the_store_as_a_name_opens_no_session()
    {
        await using var app = await StartAsync(HashIds, static options => options.GenerateSid = static _ => "the-id");
        using var begin = await app.GetAsync("/?v=1");
        var name = (await _store.AllAsync().SingleAsync()).Sid;

        await using var other = await StartAsync(HashIds, options => options.GenerateSid = _ => name);
        using var withTheName = await other.GetAsync("/nothing");
        using var signed = await other.GetAsync("/?v=2");
        using var response = await app.GetAsync("/read", signed.Cookie());

        Assert.NotEqual("1", await response.BodyAsync());
    }

    [Theory]
    [MemberData(nameof(Protections))]
    public async Task An_encrypted_payload_shows_nothing_and_is_never_the_same_twice(string protection)
    {
        await using var app = await StartAsync(Protect(protection));
        using var one = await app.GetAsync($"/?v={Canary}");
        using var two = await app.GetAsync($"/?v={Canary}");
        using var read = await app.GetAsync("/read", one.Cookie());

        var entries = await _store.AllAsync().ToListAsync();
        Assert.Equal(Canary, await read.BodyAsync());
        Assert.Equal(2, entries.Count);
        Assert.All(entries, static entry =>
        {
            Assert.DoesNotContain(Canary, Text(entry), StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary))[..20], Text(entry), StringComparison.Ordinal);

            // A session object as every store expects one.
            Assert.Equal(["sealed"], SessionDocument.Parse(entry.Record.Payload).Keys);
        });
        Assert.NotEqual(Text(entries[0]), Text(entries[1]));
    }

    [Theory]
    [MemberData(nameof(Protections))]
    public async Task Parallel_requests_keep_each_others_keys_in_encrypted_sessions_too(string protection)
    {
        await using var app = await StartAsync(Protect(protection, hash: true));
        using var begin = await app.GetAsync("/key?k=begin");

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => app.GetAsync($"/key?k=k{i}", begin.Cookie())));
        using var keys = await app.GetAsync("/keys", begin.Cookie());

        Assert.Equal("17", await keys.BodyAsync());
    }

    [Theory]
    [MemberData(nameof(Protections))]
    public async Task A_payload_under_another_id_or_changed_or_in_the_clear_is_no_session(string protection)
    {
        await using var app = await StartAsync(Protect(protection));
        using var mine = await app.GetAsync("/?v=mine");
        using var victim = await app.GetAsync("/?v=victim");
        var theirs = (await _store.GetAsync(SidOf(victim)))!;
        var own = (await _store.GetAsync(SidOf(mine)))!;

        // Swapped, each bit of some bytes flipped, cut, in the clear.
        var forgeries = new List<byte[]>
        {
            theirs.Payload.ToArray(),
            """{"cookie":{},"v":"victim"}"""u8.ToArray(),
            """{"cookie":{},"sealed":"v1.00000000.AAAA"}"""u8.ToArray(),
        };
        for (var i = own.Payload.Length - 60; i < own.Payload.Length - 2; i += 7)
        {
            var changed = own.Payload.ToArray();
            changed[i] = changed[i] == (byte)'A' ? (byte)'B' : (byte)'A';
            forgeries.Add(changed);
        }

        foreach (var forgery in forgeries)
        {
            await _store.SetAsync(SidOf(mine), new SessionRecord(forgery, null));
            using var response = await app.GetAsync("/read", mine.Cookie());
            Assert.Equal((200, ""), ((int)response.StatusCode, await response.BodyAsync()));
        }

        Assert.Equal(1, app.Logs.Count("RecordRefused"));
    }

    [Fact]
    public async Task A_key_is_rotated_without_anybody_losing_a_session_and_one_that_is_removed_opens_nothing()
    {
        HttpResponseMessage begin;
        await using (var before = await StartAsync(Keys(Key1)))
        {
            begin = await before.GetAsync("/?v=1");
        }

        await using (var during = await StartAsync(Keys(Key2, Key1)))
        {
            using var read = await during.GetAsync("/read", begin.Cookie());
            Assert.Equal("1", await read.BodyAsync());
            using var written = await during.GetAsync("/?v=2", begin.Cookie());
        }

        await using (var after = await StartAsync(Keys(Key2)))
        {
            using var read = await after.GetAsync("/read", begin.Cookie());
            Assert.Equal("2", await read.BodyAsync());
        }

        await using var without = await StartAsync(Keys(Key1));
        using var gone = await without.GetAsync("/read", begin.Cookie());
        Assert.Equal("", await gone.BodyAsync());
        begin.Dispose();
    }

    [Theory]
    [MemberData(nameof(Protections))]
    public async Task An_encrypted_session_is_none_where_encryption_was_turned_off(string protection)
    {
        HttpResponseMessage begin;
        await using (var before = await StartAsync(Protect(protection)))
        {
            begin = await before.GetAsync("/?v=1");
        }

        var stored = (await _store.GetAsync(SidOf(begin)))!;
        await using (var without = await StartAsync(static _ => { }))
        {
            using var keys = await without.GetAsync("/keys", begin.Cookie());
            using var written = await without.GetAsync("/?v=2", begin.Cookie());

            Assert.Equal("0", await keys.BodyAsync());
            Assert.NotEqual(SidOf(begin), SidOf(written));
            Assert.Equal(1, without.Logs.Count("RecordRefused"));
        }

        Assert.Equal(stored.Payload.ToArray(), (await _store.GetAsync(SidOf(begin)))!.Payload.ToArray());
        begin.Dispose();
    }

    [Fact]
    public async Task A_session_in_the_clear_may_have_a_key_named_as_the_envelope_of_an_encrypted_one()
    {
        await using var app = await StartAsync(static _ => { });
        using var begin = await app.GetAsync("/key?k=sealed");
        using var keys = await app.GetAsync("/keys", begin.Cookie());

        Assert.Equal("1", await keys.BodyAsync());
    }

    [Fact]
    public async Task Encryption_by_a_key_and_by_data_protection_at_once_is_refused_at_start()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            StartAsync(Protect("data-protection"), static options => options.Protection.Key = Key1)
        );

        Assert.Contains("EncryptPayloadWithDataProtection()", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key1, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strict_defaults_make_a_host_cookie_hash_ids_and_bound_the_life()
    {
        await using var app = await StartAsync(
            static sessions => sessions.UseStrictDefaults(),
            static options => options.Proxy = SessionProxy.TrustForwardedProto
        );
        using var begin = await SendForwardedAsync(app, "/?v=1");

        var cookie = begin.SetCookie("__Host-Http-sid")!;
        Assert.EndsWith("; Path=/; HttpOnly; Secure; SameSite=Lax", cookie, StringComparison.Ordinal);
        var entry = await _store.AllAsync().SingleAsync();
        Assert.Equal(64, entry.Sid.Length);
        Assert.Contains("__created", SessionDocument.Parse(entry.Record.Payload).Keys);
        Assert.True(entry.Record.Expires - TimeProvider.System.GetUtcNow() <= TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task What_the_application_sets_counts_more_than_strict_defaults()
    {
        await using var app = await StartAsync(
            static sessions => sessions.UseStrictDefaults(),
            static options =>
            {
                options.Proxy = SessionProxy.TrustForwardedProto;
                options.Cookie.Name = "__Host-mine";
                options.IdleTimeout = TimeSpan.FromMinutes(5);
            }
        );
        using var begin = await SendForwardedAsync(app, "/?v=1");

        Assert.NotNull(begin.SetCookie("__Host-mine"));
        Assert.True((await _store.AllAsync().SingleAsync()).Record.Expires - TimeProvider.System.GetUtcNow() <= TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Strict_defaults_refuse_a_short_secret()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            StartAsync(static sessions => sessions.UseStrictDefaults(), static options => options.Secret = "short")
        );

        Assert.Contains("UseStrictDefaults", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_an_earlier_version_has_sealed_opens()
    {
        // Key, id and nonce as they were on that day: what changes in the format shows here, before it signs everybody out.
        var key = Convert.ToBase64String(Enumerable.Range(0, 32).Select(static i => (byte)i).ToArray());
        const string sealedThen =
            "v1.b21b3b36.ZGVmZ2hpamtsbW5vmrVfwWbKT4CsjyZ4BzKtWxAwgvncAMAgh-oEPLL_jp3pPZEM84P-VQcXc6XoHMfQVKy7mCd2AwJ8Tkw7exMTuVRaUk00yaJCZi6PZtSkMPsvfbrMByCqq83JhpxPHXOZozbyjq0zf7OsLXIroXRGWxhI";
        await using var app = await StartAsync(Keys(key), static options => options.GenerateSid = static _ => "the-id");
        using var begin = await app.GetAsync("/?v=other");
        await _store.SetAsync(
            "the-id",
            new SessionRecord(
                Encoding.UTF8.GetBytes(
                    $$"""{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"sealed":"{{sealedThen}}"}"""
                ),
                null
            )
        );

        using var read = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal("sealed long ago", await read.BodyAsync());
    }

    [Fact]
    public async Task An_older_record_that_is_put_back_with_a_later_end_is_over_with_its_absolute_lifetime()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var store = new MemorySessionStore(new MemorySessionStoreOptions(), time);
        await using var app = await TestApp.StartAsync(
            HandleAsync,
            static options =>
            {
                options.Cookie.MaxAge = TimeSpan.FromMinutes(20);
                options.AbsoluteTimeout = TimeSpan.FromHours(1);
            },
            store,
            time: time,
            sessions: Protect("aes")
        );
        using var begin = await app.GetAsync("/?v=1");
        var kept = (await store.GetAsync(SidOf(begin)))!;
        using var ended = await app.GetAsync("/destroy", begin.Cookie());

        await store.SetAsync(SidOf(begin), new SessionRecord(kept.Payload.Span, time.GetUtcNow() + TimeSpan.FromDays(2000)));
        time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        using var again = await app.GetAsync("/read", begin.Cookie());
        await store.SetAsync(SidOf(begin), new SessionRecord(kept.Payload.Span, time.GetUtcNow() + TimeSpan.FromDays(2000)));
        time.Advance(TimeSpan.FromTicks(1));
        using var over = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(("1", ""), (await again.BodyAsync(), await over.BodyAsync()));
    }

    public void Dispose() => _store.Dispose();

    private static Action<IServerSessionBuilder> Protect(string protection, bool hash = false) =>
        sessions =>
        {
            if (hash)
            {
                HashIds(sessions);
            }

            if (protection == "aes")
            {
                Keys(Key1)(sessions);
            }
            else
            {
                // Keys that live as long as the test, and touch no folder of the machine.
                sessions.EncryptPayloadWithDataProtection();
                sessions.Services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
            }
        };

    private static void HashIds(IServerSessionBuilder sessions) =>
        sessions.Services.Configure<ServerSessionOptions>(static options => options.Protection.HashIds = true);

    private static Action<IServerSessionBuilder> Keys(string key, params string[] previous) =>
        sessions =>
            sessions.Services.Configure<ServerSessionOptions>(options =>
            {
                options.Protection.Key = key;
                foreach (var one in previous)
                {
                    options.Protection.PreviousKeys.Add(one);
                }
            });

    private static async Task<HttpResponseMessage> SendForwardedAsync(TestApp app, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-Proto", "https");
        return await app.Client.SendAsync(request);
    }

    private static string SidOf(HttpResponseMessage response) => Uri.UnescapeDataString(response.Cookie()).Split("s:")[1].Split('.')[0];

    private static string Text(SessionEntry entry) => Encoding.UTF8.GetString(entry.Record.Payload.Span);

    private static async Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Request.Path.Value)
        {
            case "/":
                session.Set("v", context.Request.Query["v"].ToString());
                break;
            case "/key":
                session.Set(context.Request.Query["k"].ToString(), "set");
                break;
            case "/keys":
                await context.Response.WriteAsync($"{session.Count}");
                return;
            case "/regenerate":
                await session.RenewIdAsync();
                break;
            case "/destroy":
                await session.DestroyAsync();
                return;
        }

        await context.Response.WriteAsync(session.Get<string>("v") ?? "");
    }

    private Task<TestApp> StartAsync(Action<IServerSessionBuilder> protect, Action<ServerSessionOptions>? options = null) =>
        TestApp.StartAsync(HandleAsync, options, _store, sessions: protect);
}
