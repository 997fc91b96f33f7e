using System.Text;
using Microsoft.AspNetCore.Http;
using ServerSessions.Testing;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>What <c>HttpContext.Session</c> refuses, before anything is changed.</summary>
public sealed class ArgumentTests
{
    [Fact]
    public async Task A_key_or_value_of_null_is_refused()
    {
        using var test = await TestServerSession.CreateAsync();
        var session = test.HttpContext.Session;

        Assert.Equal("value", Assert.Throws<ArgumentNullException>(() => session.Set("k", null!)).ParamName);
        Assert.Equal("key", Assert.Throws<ArgumentNullException>(() => session.Set(null!, [])).ParamName);
        Assert.Equal("key", Assert.Throws<ArgumentNullException>(() => session.Remove(null!)).ParamName);
        Assert.Equal("key", Assert.Throws<ArgumentNullException>(() => session.TryGetValue(null!, out _)).ParamName);
        Assert.Empty(session.Keys);
    }

    [Theory]
    [InlineData("cookie")]
    [InlineData("__created")]
    [InlineData("__moved")]
    [InlineData("__lastAccess")]
    public async Task A_reserved_key_is_refused_as_by_ServerSession(string key)
    {
        using var test = await TestServerSession.CreateAsync();
        var session = test.HttpContext.Session;

        Assert.Throws<ArgumentException>(() => session.SetString(key, "x"));
        Assert.Null(session.Get(key));
        Assert.Throws<ArgumentException>(() => session.Remove(key));
    }

    [Fact]
    public async Task Clear_keeps_the_members_of_the_library()
    {
        var clock = new FakeTimeProvider();
        using var test = await TestServerSession.CreateAsync(
            static session => session.Set("user", "ada"),
            static options => options.AbsoluteTimeout = TimeSpan.FromHours(2),
            clock
        );

        clock.Advance(TimeSpan.FromHours(1));
        test.HttpContext.Session.Clear();
        await test.EndRequestAsync();

        using var next = await test.NextRequestAsync();
        Assert.Empty(next.HttpContext.Session.Keys);
        Assert.False(next.Session.IsNew);
        clock.Advance(TimeSpan.FromMinutes(61));
        using var late = await test.NextRequestAsync();
        Assert.True(late.Session.IsNew);
    }

    [Fact]
    public async Task A_key_a_value_and_a_number_of_keys_past_the_limits_are_refused_and_longer_ones_are_kept_if_the_options_say_so()
    {
        using var test = await TestServerSession.CreateAsync(configure: static options => options.MaxKeys = 2);
        var session = test.HttpContext.Session;

        Assert.Equal("MaxKeyLength", Assert.Throws<SessionLimitException>(() => session.Set(new string('k', 257), [])).Option);
        Assert.Equal("MaxSessionBytes", Assert.Throws<SessionLimitException>(() => session.Set("k", new byte[1 << 20])).Option);
        session.Set("a", []);
        session.Set("b", []);
        Assert.Equal("MaxKeys", Assert.Throws<SessionLimitException>(() => session.Set("c", [])).Option);

        // The longest key of ASP.NET Core's own session.
        using var wide = await TestServerSession.CreateAsync(configure: static options => options.MaxKeyLength = 65_535);
        var longest = new string('k', 65_535);
        wide.HttpContext.Session.Set(longest, Encoding.UTF8.GetBytes("kept"));
        await wide.EndRequestAsync();
        using var next = await wide.NextRequestAsync();
        Assert.Equal("kept", next.HttpContext.Session.GetString(longest));
    }

    [Fact]
    public async Task The_id_is_the_sessions_own_and_changes_if_the_session_gets_a_new_id()
    {
        using var test = await TestServerSession.CreateAsync(static session => session.Set("user", "ada"));
        var (id, sid) = (test.HttpContext.Session.Id, test.Session.Id);
        using var next = await test.NextRequestAsync();
        Assert.Equal(id, next.HttpContext.Session.Id);

        await next.Session.RenewForSignInAsync();

        Assert.NotEqual(id, next.HttpContext.Session.Id);
        Assert.DoesNotContain(Sid.Fingerprint(sid), id, StringComparison.Ordinal);
    }
}
