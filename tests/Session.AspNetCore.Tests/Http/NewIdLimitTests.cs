using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>
/// When a session ends that has got a new id: a renewed one when it would have ended anyway, one of a user who has signed in, or an empty
/// one, a whole limit later.
/// </summary>
public sealed partial class NewIdLimitTests
{
    public static TheoryData<string, NewId> EveryWay
    {
        get
        {
            var data = new TheoryData<string, NewId>();
            foreach (var place in (string[])["as it is", "hashed ids", "encrypted", "no compare and set"])
            {
                foreach (var how in Enum.GetValues<NewId>())
                {
                    data.Add(place, how);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_renewed_id_keeps_the_end_of_the_session_and_only_a_sign_in_or_an_empty_session_moves_it(string place, NewId how)
    {
        await using var app = await StartAsync(place);
        using var begin = await app.GetAsync("/sign-up");
        _time.Advance(TimeSpan.FromMinutes(90));

        using var renewed = await app.GetAsync($"/{how}", begin.Cookie());

        var end = how == NewId.Renewed ? Start + Limit : Start + TimeSpan.FromMinutes(90) + Limit;
        Assert.Equal(end, CookieExpiry(renewed));
        _time.SetUtcNow(end - Tick);
        using var last = await app.GetAsync("/", renewed.Cookie());
        _time.SetUtcNow(end);
        using var over = await app.GetAsync("/", renewed.Cookie());
        Assert.Equal((how == NewId.Regenerated ? "new" : "ann", ""), (await last.BodyAsync(), await over.BodyAsync()));
    }

    [Theory]
    [InlineData("as it is")]
    [InlineData("no compare and set")]
    public async Task However_often_its_id_is_renewed_a_session_does_not_outlive_its_end(string place)
    {
        await using var app = await StartAsync(place);
        using var begin = await app.GetAsync("/sign-up");
        var cookie = begin.Cookie();
        for (var minute = 10; minute < Limit.TotalMinutes; minute += 10)
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            using var renewed = await app.GetAsync("/Renewed", cookie);
            Assert.Equal(Start + Limit, CookieExpiry(renewed));
            cookie = renewed.Cookie();
        }

        _time.Advance(TimeSpan.FromMinutes(10));
        using var over = await app.GetAsync("/", cookie);

        Assert.Equal("", await over.BodyAsync());
    }

    [Theory]
    [InlineData("as it is", NewId.Renewed, NewId.Renewed, false)]
    [InlineData("as it is", NewId.SignedIn, NewId.Renewed, true)]
    [InlineData("as it is", NewId.Renewed, NewId.SignedIn, true)]
    [InlineData("as it is", NewId.Regenerated, NewId.Renewed, true)]
    [InlineData("no compare and set", NewId.Renewed, NewId.Renewed, false)]
    [InlineData("no compare and set", NewId.SignedIn, NewId.Renewed, true)]
    [InlineData("no compare and set", NewId.Renewed, NewId.SignedIn, true)]
    public async Task Of_two_new_ids_in_one_request_a_sign_in_moves_the_end_and_a_renewal_does_not(
        string place,
        NewId first,
        NewId second,
        bool moves
    )
    {
        await using var app = await StartAsync(place, async (session, context) =>
        {
            await session.GiveAsync(first);
            await session.GiveAsync(second);
        });
        using var begin = await app.GetAsync("/sign-up");
        _time.Advance(TimeSpan.FromMinutes(90));

        using var renewed = await app.GetAsync("/custom", begin.Cookie());

        Assert.Equal(Start + Limit + (moves ? TimeSpan.FromMinutes(90) : TimeSpan.Zero), CookieExpiry(renewed));
    }

    [Theory]
    [InlineData("reload, then renew", false)]
    [InlineData("sign in, save, reload", true)]
    [InlineData("save, renew, save, reload, renew", false)]
    public async Task Reading_the_session_again_changes_nothing_about_its_end(string steps, bool moves)
    {
        await using var app = await StartAsync("as it is", async (session, context) =>
        {
            foreach (var step in steps.Replace("then ", "", StringComparison.Ordinal).Split(", "))
            {
                await (
                    step switch
                    {
                        "reload" => session.ReloadAsync(),
                        "save" => session.SaveAsync(),
                        "sign in" => session.RenewForSignInAsync(),
                        _ => session.RenewIdAsync(),
                    }
                );
                session.Set(step, 1);
            }
        });
        using var begin = await app.GetAsync("/sign-up");
        _time.Advance(TimeSpan.FromMinutes(90));

        using var renewed = await app.GetAsync("/custom", begin.Cookie());

        Assert.Equal(Start + Limit + (moves ? TimeSpan.FromMinutes(90) : TimeSpan.Zero), CookieExpiry(renewed));
    }

    [Theory]
    [InlineData(NewId.Renewed, false)]
    [InlineData(NewId.Renewed, true)]
    [InlineData(NewId.SignedIn, false)]
    [InlineData(NewId.SignedIn, true)]
    public async Task The_idle_timeout_starts_again_with_the_new_id_also_if_the_request_takes_longer_than_what_was_left_of_it(
        NewId how,
        bool isOfCookie
    )
    {
        await using var app = await StartAsync(
            "as it is",
            async (session, context) =>
            {
                await session.GiveAsync(how);
                _time.Advance(TimeSpan.FromMinutes(2));
            },
            options =>
                (options.Cookie.MaxAge, options.IdleTimeout) = (isOfCookie ? TimeSpan.FromMinutes(20) : null, TimeSpan.FromMinutes(20))
        );
        using var begin = await app.GetAsync("/sign-up");
        _time.Advance(TimeSpan.FromMinutes(19));

        using var renewed = await app.GetAsync("/custom", begin.Cookie());
        _time.Advance(TimeSpan.FromMinutes(20) - Tick);
        using var last = await app.GetAsync("/", renewed.Cookie());
        _time.Advance(TimeSpan.FromMinutes(20));
        using var over = await app.GetAsync("/", renewed.Cookie());

        Assert.Equal(("ann", ""), (await last.BodyAsync(), await over.BodyAsync()));
    }

    [Theory]
    [InlineData("as it is")]
    [InlineData("no compare and set")]
    public async Task A_sign_in_shortly_before_the_end_of_the_session_outlives_it_however_long_the_request_takes(string place)
    {
        await using var app = await StartAsync(place, async (session, context) =>
        {
            await session.RenewForSignInAsync();
            _time.Advance(TimeSpan.FromMinutes(2));
        });
        using var begin = await app.GetAsync("/sign-up");
        _time.Advance(Limit - TimeSpan.FromMinutes(1));

        using var signedIn = await app.GetAsync("/custom", begin.Cookie());
        _time.Advance(TimeSpan.FromMinutes(100));
        using var after = await app.GetAsync("/", signedIn.Cookie());

        Assert.Equal("ann", await after.BodyAsync());
    }

    [Fact]
    public async Task A_session_of_Node_is_counted_from_its_first_request_here_whether_or_not_that_renews_its_id()
    {
        await using var app = await StartAsync("as it is", async (session, context) =>
        {
            _time.Advance(TimeSpan.FromMinutes(30));
            await session.ReloadAsync();
            await session.RenewIdAsync();
        });
        var cookie = await PutNodesSessionAsync(app);

        using var renewed = await app.GetAsync("/custom", cookie);
        _time.Advance(TimeSpan.FromMinutes(30));
        using var again = await app.GetAsync("/Renewed", renewed.Cookie());

        Assert.Equal((Start + Limit, Start + Limit), (CookieExpiry(renewed), CookieExpiry(again)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_parallel_requests_that_are_the_first_of_a_session_of_Node_the_earliest_counts(bool renews)
    {
        var hasRead = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        await using var app = await StartAsync("as it is", async (session, context) =>
        {
            if (context.Request.Query.ContainsKey("first"))
            {
                hasRead.SetResult();
                await mayEnd.Task;
                return;
            }

            mayEnd.SetResult();
            await _firstEnded.Task;
            session.Set("later", 1);
            await (renews ? session.RenewIdAsync() : ValueTask.CompletedTask);
        });
        var cookie = await PutNodesSessionAsync(app);

        var first = app.GetAsync("/custom?first", cookie);
        await hasRead.Task.WithinBoundAsync("the first request, which reads the session");
        _time.Advance(TimeSpan.FromMinutes(30));
        var second = app.GetAsync("/custom", cookie);
        using var firstResponse = await first;
        _firstEnded.SetResult();
        using var secondResponse = await second;

        Assert.Equal((200, 200), ((int)firstResponse.StatusCode, (int)secondResponse.StatusCode));
        Assert.Equal(Start, CreatedAt(await _store.TheOnlySessionAsync()));
    }

    [Fact]
    public async Task What_a_slow_request_writes_where_the_session_was_before_keeps_the_end_although_Node_has_made_a_session_of_the_mark()
    {
        var hasRead = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        await using var app = await StartAsync("as it is", async (session, context) =>
        {
            hasRead.SetResult();
            await mayEnd.Task;
            session.Set("slow", 1);
        });
        using var begin = await app.GetAsync("/sign-up");
        _time.Advance(TimeSpan.FromMinutes(60));
        var slow = app.GetAsync("/custom", begin.Cookie());
        await hasRead.Task.WithinBoundAsync("the slow request, which reads the session");
        using var renewed = await app.GetAsync("/Renewed", begin.Cookie());
        var oldSid = SidOf(begin.Cookie());
        var mark = SessionDocument.Parse((await _store.Inner.GetAsync(oldSid))!.Payload);
        mark.SetJson("cart", "3"u8.ToArray());
        await _store.Inner.SetAsync(oldSid, new SessionRecord(mark.ToPayload(), _time.GetUtcNow().AddMinutes(30)));

        mayEnd.SetResult();
        using var response = await slow;

        var left = await _store.Inner.GetAsync(oldSid);
        Assert.Equal(["__created", "__moved", "cart", "slow"], SessionDocument.Parse(left!.Payload).Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Start, CreatedAt(left));
    }

    [Theory]
    [InlineData("as it is")]
    [InlineData("no compare and set")]
    public async Task A_sign_in_that_fails_leaves_the_end_where_it_was(string place)
    {
        await using var app = await StartAsync(place, async (session, context) =>
        {
            _store.Before = static call =>
                call is "set" or "destroy"
                    ? throw new SessionStoreException("broken", SessionStoreOperation.Set, "Test", isTransient: true)
                    : Task.CompletedTask;
            await Assert.ThrowsAsync<SessionStoreException>(() => session.RenewForSignInAsync().AsTask());
            _store.Before = static _ => Task.CompletedTask;
            session.Set("cart", 3);
        });
        using var begin = await app.GetAsync("/sign-up");
        _time.Advance(TimeSpan.FromMinutes(90));

        using var tried = await app.GetAsync("/custom", begin.Cookie());

        Assert.Equal(Start + Limit, CookieExpiry(tried));
        Assert.Equal(Start, CreatedAt(await _store.TheOnlySessionAsync()));
    }

    [Theory]
    [InlineData(NewId.Renewed)]
    [InlineData(NewId.SignedIn)]
    [InlineData(NewId.Regenerated)]
    public async Task A_new_id_that_the_option_allows_after_the_response_has_started_has_the_same_limits(NewId how)
    {
        await using var app = await StartAsync(
            "as it is",
            async (session, context) =>
            {
                session.Set("seen", 1);
                await context.Response.Body.FlushAsync();
                await session.GiveAsync(how);
                session.Set("late", 1);
            },
            static options => options.AllowNewIdAfterResponseStart = true
        );
        using var begin = await app.GetAsync("/sign-up");
        _time.Advance(TimeSpan.FromMinutes(90));

        using var late = await app.GetAsync("/custom", begin.Cookie());
        _ = await late.BodyAsync();

        var end = Start + Limit + (how == NewId.Renewed ? TimeSpan.Zero : TimeSpan.FromMinutes(90));
        Assert.Equal(end, (await _store.TheOnlySessionAsync()).Expires);
    }

    [Fact]
    public async Task A_sign_in_on_an_instance_without_the_option_counts_for_one_that_has_it()
    {
        await using var with = await StartAsync("as it is");
        await using var without = await StartAsync("as it is", options: static options => options.AbsoluteTimeout = null);
        using var begin = await with.GetAsync("/sign-up");
        _time.Advance(TimeSpan.FromMinutes(90));

        using var signedIn = await without.GetAsync("/SignedIn", begin.Cookie());
        _time.Advance(TimeSpan.FromMinutes(90));
        using var after = await with.GetAsync("/", signedIn.Cookie());

        Assert.Equal("ann", await after.BodyAsync());
    }

    [Fact]
    public async Task A_session_of_Node_that_is_past_a_limit_gets_two_new_ids_in_one_request_without_compare_and_set()
    {
        await using var app = await StartAsync(
            "no compare and set",
            static async (session, context) =>
            {
                await session.RenewIdAsync();
                await session.RenewIdAsync();
            },
            static options => options.MaxKeys = 1
        );
        var cookie = await PutNodesSessionAsync(app);

        using var renewed = await app.GetAsync("/custom", cookie);
        using var after = await app.GetAsync("/", renewed.Cookie());

        Assert.Equal("bob", await after.BodyAsync());
    }
}
