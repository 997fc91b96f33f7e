using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>The sessions of ASP.NET Core's own middleware, written by it, are those of this library after the move.</summary>
public sealed class ImportTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_visitor_who_was_signed_in_is_signed_in_after_the_move_and_the_old_entry_and_cookie_are_gone(bool isProtected)
    {
        await using var site = await MovedSite.StartAsync(options =>
        {
            options.AbsoluteTimeout = TimeSpan.FromHours(8);
            if (isProtected)
            {
                options.Protection.HashIds = true;
                options.Protection.Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
            }
        });
        var old = await site.Old.BeginAsync(static session =>
        {
            session.SetString("user", "ada");
            session.SetInt32("int", -42);
            session.Set("bytes", [0, 0xff, 0x80]);
            session.SetString("", "the empty key");
        });

        using var first = await site.App.GetAsync("/get", old);

        Assert.Equal("ada", await first.BodyAsync());
        Assert.Equal(site.Cache.Keys.Distinct(), site.Cache.Removed);
        var jar = MovedSite.Jar(old, first);
        Assert.Equal(first.Cookie(), jar);
        Assert.Equal(
            ("ada", "-42", "00FF80", "False"),
            (
                await site.GetAsync("/get", jar),
                await site.GetAsync("/int", jar),
                await site.GetAsync("/bytes", jar),
                await site.GetAsync("/is new", jar)
            )
        );
        Assert.Equal(1, await site.Store.Inner.LengthAsync());
        Assert.DoesNotContain(site.Cache.Keys.First(), site.App.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_sets_or_signs_out_at_once_works_with_the_imported_session()
    {
        await using var site = await MovedSite.StartAsync();
        var (one, two) = (await BeginAsync(site), await BeginAsync(site));

        using var signedOut = await site.App.GetAsync("/sign out", one);
        using var set = await site.App.GetAsync("/set", two);

        Assert.Equal("", MovedSite.Jar(one, signedOut));
        Assert.Equal("none", await site.GetAsync("/get", one));
        Assert.Equal("ada", await site.GetAsync("/get", MovedSite.Jar(two, set)));
        Assert.Equal(1, await site.Store.Inner.LengthAsync());
    }

    [Fact]
    public async Task A_client_that_missed_the_response_finds_the_same_session_and_not_after_it_has_ended()
    {
        await using var site = await MovedSite.StartAsync();
        var old = await BeginAsync(site);
        using var missed = await site.App.GetAsync("/get", old);

        using var again = await site.App.GetAsync("/get", old);

        Assert.Equal(("bob", missed.Cookie()), (await again.BodyAsync(), again.Cookie()));
        using (await site.App.GetAsync("/sign out", again.Cookie())) { }
        Assert.Equal("none", await site.GetAsync("/get", old));
        Assert.Equal(0, await site.Store.Inner.LengthAsync());
    }

    [Theory]
    [InlineData("get")]
    [InlineData("remove")]
    public async Task A_cache_that_fails_is_a_503_and_never_an_empty_session_and_the_next_request_imports(string call)
    {
        await using var site = await MovedSite.StartAsync();
        var old = await BeginAsync(site);
        site.Cache.Before = name => name == call ? throw new InvalidOperationException("The cache is away.") : Task.CompletedTask;

        using var failed = await site.App.GetAsync("/get", old);
        site.Cache.Before = static _ => Task.CompletedTask;
        using var next = await site.App.GetAsync("/get", old);

        Assert.Equal(503, (int)failed.StatusCode);
        Assert.Equal(old, MovedSite.Jar(old, failed));
        Assert.Equal("bob", await next.BodyAsync());
        Assert.Equal(1, await site.Store.Inner.LengthAsync());
        Assert.Equal((1, 0), (site.App.Logs.Count("ImportFailed"), site.App.Logs.Count("StoreDisconnected")));
    }

    [Fact]
    public async Task A_store_that_fails_leaves_the_entry_and_the_next_request_imports()
    {
        await using var site = await MovedSite.StartAsync();
        var old = await BeginAsync(site);
        site.Store.Before = static _ => throw new InvalidOperationException("The store is away.");

        using var failed = await site.App.GetAsync("/get", old);
        site.Store.Before = static _ => Task.CompletedTask;
        using var next = await site.App.GetAsync("/get", old);

        Assert.Equal((503, 0), ((int)failed.StatusCode, site.Cache.Removed.Count - 1));
        Assert.Equal("bob", await next.BodyAsync());
    }

    [Fact]
    public async Task A_cache_that_does_not_reply_is_waited_for_no_longer_than_a_store()
    {
        await using var site = await MovedSite.StartAsync(static options => options.OperationTimeout = TimeSpan.FromMilliseconds(50));
        var old = await BeginAsync(site);
        site.Cache.Before = static _ => new TaskCompletionSource().Task;

        using var failed = await site.App.GetAsync("/get", old);

        Assert.Equal(503, (int)failed.StatusCode);
    }

    [Fact]
    public async Task Where_requests_continue_without_their_session_a_cache_that_fails_makes_it_unavailable()
    {
        await using var site = await MovedSite.StartAsync(static options => options.WhenLoadFails = SessionFailureBehavior.Continue);
        var old = await BeginAsync(site);
        site.Cache.Before = static _ => throw new InvalidOperationException("The cache is away.");

        using var read = await site.App.GetAsync("/get", old);
        using var set = await site.App.GetAsync("/set", old);

        Assert.Equal("none", await read.BodyAsync());
        Assert.Null(read.SetCookie());
        Assert.Equal(500, (int)set.StatusCode);
    }

    [Fact]
    public async Task A_cookie_with_another_name_and_path_is_imported_and_removed_as_the_options_say()
    {
        await using var site = await MovedSite.StartAsync(import: static options =>
        {
            options.CookieName = "old";
            options.CookiePath = "/";
            options.CookieDomain = "example.org";
        });
        var old = await site.Old.BeginAsync(
            static session => session.SetString("user", "bob"),
            static options => options.Cookie.Name = "old"
        );

        using var first = await site.App.GetAsync("/get", old);

        Assert.Equal("bob", await first.BodyAsync());
        Assert.Contains(
            first.Headers.GetValues("Set-Cookie"),
            static cookie =>
                cookie.StartsWith("old=; expires=Thu, 01 Jan 1970", StringComparison.Ordinal)
                && cookie.Contains("domain=example.org; path=/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_cookie_that_is_held_back_over_http_leaves_the_old_one_which_still_leads_to_the_session()
    {
        await using var site = await MovedSite.StartAsync(static options => options.Cookie.Secure = SessionCookieSecure.Always);
        var old = await BeginAsync(site);

        using var first = await site.App.GetAsync("/get", old);
        using var again = await site.App.GetAsync("/get", MovedSite.Jar(old, first));

        Assert.Equal(("bob", "bob"), (await first.BodyAsync(), await again.BodyAsync()));
        Assert.Equal(old, MovedSite.Jar(old, first));
        Assert.Equal(1, await site.Store.Inner.LengthAsync());
    }

    [Fact]
    public async Task A_key_that_the_library_reserves_is_left_out_with_a_warning()
    {
        await using var site = await MovedSite.StartAsync();
        var old = await site.Old.BeginAsync(static session =>
        {
            session.SetString("user", "bob");
            session.SetString("cookie", "1");
            session.SetString("__moved", "2");
        });

        Assert.Equal("user", await site.GetAsync("/keys", old));

        Assert.Equal(1, site.App.Logs.Count("ImportReservedKey"));
    }

    [Fact]
    public async Task A_session_past_a_limit_is_an_error_until_the_limit_is_raised_and_is_not_cut()
    {
        await using var site = await MovedSite.StartAsync(static options => options.MaxKeys = 2);
        var old = await site.Old.BeginAsync(static session =>
        {
            session.SetString("user", "bob");
            session.SetString("b", "1");
            session.SetString("c", "1");
        });

        using var refused = await site.App.GetAsync("/get", old);

        Assert.Equal(503, (int)refused.StatusCode);
        Assert.Contains("MaxKeys", site.App.Logs.Text, StringComparison.Ordinal);
        Assert.Equal(0, await site.Store.Inner.LengthAsync());
        Assert.Equal([], site.Cache.Removed);
    }

    [Fact]
    public async Task Sessions_that_have_a_name_import_by_a_cookie_of_their_own()
    {
        var (cache, keys) = (new OldCache(), new EphemeralDataProtectionProvider());
        await using var app = await TestApp.StartAsync(
            static context =>
                context.Response.WriteAsync(
                    $"{context.GetServerSession("admin").Get<string>("user")} {context.GetServerSession().Get<string>("user") ?? "none"}"
                ),
            before: static app => app.UseServerSessions("admin"),
            sessions: sessions =>
            {
                sessions
                    .Services.AddSingleton<IDistributedCache>(cache)
                    .AddServerSessions(
                        "admin",
                        static options =>
                        {
                            options.Secret = "the secret of the administrators, in tests only";
                            options.Cookie.Name = "admin.sid";
                        }
                    )
                    .ImportAspNetCoreSessions(static options => options.CookieName = "old-admin");
                sessions.ImportAspNetCoreSessions();
                sessions.Services.AddSingleton<IDataProtectionProvider>(keys);
            }
        );
        var old = await new OldSite(cache, keys).BeginAsync(
            static session => session.SetString("user", "eve"),
            static options => options.Cookie.Name = "old-admin"
        );

        using var response = await app.GetAsync(cookie: old);

        Assert.Equal("eve none", await response.BodyAsync());
        var cookies = response.Headers.GetValues("Set-Cookie").Select(static cookie => cookie.Split('=')[0]);
        Assert.Equal(["admin.sid", "old-admin"], cookies.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_the_cache_the_start_stops_and_says_what_to_register()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            TestApp.StartAsync(static _ => Task.CompletedTask, sessions: static sessions => sessions.ImportAspNetCoreSessions())
        );

        Assert.Contains("IDistributedCache", error.Message, StringComparison.Ordinal);
    }

    private static Task<string> BeginAsync(MovedSite site) => site.Old.BeginAsync(static session => session.SetString("user", "bob"));
}
