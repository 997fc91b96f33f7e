using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerSessions.Testing;

namespace ServerSessions.Tests.Http;

/// <summary>A session for unit tests does what a session in an application does.</summary>
public sealed class TestServerSessionTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public async Task Without_values_it_is_new_and_with_values_an_earlier_request_has_stored_it()
    {
        using var anonymous = await TestServerSession.CreateAsync();
        using var known = await TestServerSession.CreateAsync(static session => session.Set("user", "ann"));

        Assert.Equal((true, 0), (anonymous.Session.IsNew, anonymous.Session.Count));
        Assert.Equal((false, "ann"), (known.Session.IsNew, known.Session.Get<string>("user")));
        Assert.NotEqual(anonymous.Session.Id, known.Session.Id);
    }

    [Fact]
    public async Task Code_that_takes_a_context_finds_it_by_every_door()
    {
        var context = new DefaultHttpContext { TraceIdentifier = "mine" };
        using var test = await TestServerSession.CreateAsync(context: context);

        Assert.Same(context, test.HttpContext);
        Assert.Same(test.Session, context.GetServerSession());
        Assert.Same(test.Session, context.FindServerSession());
        Assert.Same(test.Session, await ServerSession.BindAsync(context, null!));
        Assert.Equal(test.Session.Id, context.GetServerSessionId());
        Assert.Null(context.GetServerSessionFailure());
        context.UnsetServerSession();
        Assert.True(test.HasEnded);
    }

    [Theory]
    [InlineData(NewId.Renewed, "ann")]
    [InlineData(NewId.SignedIn, "ann")]
    [InlineData(NewId.Regenerated, null)]
    public async Task A_new_id_makes_the_old_one_worth_nothing(NewId how, string? expected)
    {
        using var test = await TestServerSession.CreateAsync(static session => session.Set("user", "ann"));
        var old = test.Session.Id;

        await test.Session.GiveAsync(how);
        await test.EndRequestAsync();

        using var next = await test.NextRequestAsync();
        using var planted = await test.NextRequestAsync(old);
        Assert.NotEqual(old, test.Session.Id);
        Assert.True(test.Session.IsNew);
        Assert.Equal((false, expected), (next.Session.IsNew, next.Session.Get<string>("user")));
        Assert.Equal((true, 0), (planted.Session.IsNew, planted.Session.Count));
    }

    [Fact]
    public async Task What_a_handler_changes_is_there_for_the_next_request_once_this_one_has_ended()
    {
        using var test = await TestServerSession.CreateAsync(static session => session.Set("cart", 1));

        test.Session.Set("cart", 2);
        using var before = await test.NextRequestAsync();
        await test.EndRequestAsync();
        await test.EndRequestAsync();
        using var after = await test.NextRequestAsync();

        Assert.Equal((1, 2), (before.Session.Get<int>("cart"), after.Session.Get<int>("cart")));
    }

    [Fact]
    public async Task Saving_and_reading_again_work_in_the_midst_of_a_request()
    {
        using var test = await TestServerSession.CreateAsync(static session => session.Set("cart", 1));

        test.Session.Set("cart", 2);
        await test.Session.SaveAsync();
        test.Session.Remove("cart");
        await test.Session.ReloadAsync();

        Assert.Equal(2, test.Session.Get<int>("cart"));
    }

    [Fact]
    public async Task A_destroyed_session_is_gone_and_its_cookie_is_expired()
    {
        using var test = await TestServerSession.CreateAsync(static session => session.Set("user", "ann"));
        var id = test.Session.Id;

        await test.Session.DestroyAsync();
        await test.EndRequestAsync();
        using var next = await test.NextRequestAsync(id);

        Assert.True(test.HasEnded);
        Assert.Throws<InvalidOperationException>(() => test.Session.Count);
        Assert.True(next.Session.IsNew);
        Assert.Contains("Expires=Thu, 01 Jan 1970", test.HttpContext.Response.Headers.SetCookie.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_and_clock_are_those_of_the_test()
    {
        using var test = await TestServerSession.CreateAsync(
            static session => session.Set("user", "ann"),
            static options => (options.Cookie.Name, options.AbsoluteTimeout) = ("id", TimeSpan.FromHours(1)),
            _time
        );

        _time.Advance(TimeSpan.FromMinutes(50));
        await test.Session.RenewIdAsync();
        await test.EndRequestAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        using var over = await test.NextRequestAsync();

        Assert.StartsWith("id=", test.HttpContext.Response.Headers.SetCookie.ToString(), StringComparison.Ordinal);
        Assert.True(over.Session.IsNew);
    }

    [Fact]
    public async Task A_store_of_the_test_can_fail()
    {
        using var store = new RecordingStore();
        using var test = await TestServerSession.CreateAsync(
            static session => session.Set("user", "ann"),
            options => options.Store = store
        );
        store.Before = static _ => throw new SessionStoreException("broken", SessionStoreOperation.Set, "Test", isTransient: true);

        test.Session.Set("user", "bob");

        await Assert.ThrowsAsync<SessionStoreException>(() => test.Session.SaveAsync().AsTask());
        await Assert.ThrowsAsync<SessionStoreException>(() => test.EndRequestAsync().AsTask());
    }

    [Fact]
    public async Task Options_that_an_application_would_not_start_with_are_refused() =>
        await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestServerSession.CreateAsync(configure: static options => options.IdleTimeout = TimeSpan.Zero).AsTask()
        );

    [Fact]
    public async Task A_body_is_written_through_and_the_session_is_stored_before_it()
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        using var test = await TestServerSession.CreateAsync(context: context);

        context.GetServerSession().Set("user", "ann");
        await context.Response.WriteAsync("hello");
        using var next = await test.NextRequestAsync();

        Assert.Equal("hello"u8.ToArray(), body.ToArray());
        Assert.Equal("ann", next.Session.Get<string>("user"));
    }
}
