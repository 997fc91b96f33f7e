using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Tests.Rules;

/// <summary>
/// The presets: what <c>UseStrictDefaults</c> sets at each level of NIST SP 800-63B-4, and what it leaves to the application.
/// </summary>
public sealed class StrictDefaultsTests
{
    public static TheoryData<Aal?, TimeSpan?, TimeSpan> Levels =>
        new()
        {
            { null, TimeSpan.FromHours(1), TimeSpan.FromHours(24) },
            { Aal.One, null, TimeSpan.FromDays(30) },
            { Aal.Two, TimeSpan.FromHours(1), TimeSpan.FromHours(24) },
            { Aal.Three, TimeSpan.FromMinutes(15), TimeSpan.FromHours(12) },
        };

    [Theory]
    [MemberData(nameof(Levels))]
    public void A_level_sets_how_long_a_session_lives_without_use_and_at_most(Aal? level, TimeSpan? idle, TimeSpan absolute)
    {
        var options = Configured(sessions => _ = level is { } given ? sessions.UseStrictDefaults(given) : sessions.UseStrictDefaults());

        Assert.Equal((idle, (TimeSpan?)absolute), (options.IdleTimeout, options.AbsoluteTimeout));
        Assert.Equal(
            ("__Host-Http-sid", SessionCookieSecure.Always, true, true, SessionCacheProtection.NoStore, SessionSiteData.None),
            (
                options.Cookie.Name,
                options.Cookie.Secure,
                options.Cookie.HttpOnly,
                options.Cookie.SendMaxAge,
                options.CacheProtection,
                options.ClearSiteDataOnDestroy
            )
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(-1)]
    public void A_level_that_there_is_not_is_refused_and_nothing_is_set(int level)
    {
        var services = new ServiceCollection();
        var sessions = services.AddServerSessions(static options => options.Secret = TestApp.Secret);
        var before = services.ToList();

        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => sessions.UseStrictDefaults((Aal)level));

        Assert.Contains("Aal.Two", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, services);
    }

    [Fact]
    public void Called_twice_the_last_call_counts()
    {
        var options = Configured(static sessions => sessions.UseStrictDefaults(Aal.One).UseStrictDefaults(Aal.Three));

        Assert.Equal(
            ((TimeSpan?)TimeSpan.FromMinutes(15), (TimeSpan?)TimeSpan.FromHours(12)),
            (options.IdleTimeout, options.AbsoluteTimeout)
        );
    }

    [Fact]
    public void What_the_application_sets_counts_more_wherever_it_sets_it()
    {
        var options = Configured(
            static sessions => sessions.UseStrictDefaults(Aal.Three),
            static options =>
                (options.IdleTimeout, options.CacheProtection, options.Cookie.SendMaxAge, options.Cookie.Name) = (
                    TimeSpan.FromMinutes(5),
                    SessionCacheProtection.Private,
                    false,
                    "__Host-mine"
                )
        );

        Assert.Equal(
            ((TimeSpan?)TimeSpan.FromMinutes(5), (TimeSpan?)TimeSpan.FromHours(12), SessionCacheProtection.Private, false, "__Host-mine"),
            (options.IdleTimeout, options.AbsoluteTimeout, options.CacheProtection, options.Cookie.SendMaxAge, options.Cookie.Name)
        );
    }

    private static ServerSessionOptions Configured(Action<IServerSessionBuilder> strict, Action<ServerSessionOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        strict(
            services.AddServerSessions(options =>
            {
                options.Secret = TestApp.Secret;
                configure?.Invoke(options);
            })
        );
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<ServerSessionOptions>>().Value;
    }
}
