using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Tests.Http;

/// <summary>The middleware on a real store with a file.</summary>
public sealed class SqliteOverHttpTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-http-");

    private string File => Path.Combine(_folder.FullName, "sessions.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_session_survives_a_restart_of_the_application()
    {
        string cookie;
        await using (var store = Store())
        await using (var before = await TestApp.StartAsync(Count, store: store))
        {
            using var first = await before.GetAsync();
            cookie = first.Cookie();
        }

        await using var again = Store();
        await using var after = await TestApp.StartAsync(Count, store: again);
        using var second = await after.GetAsync(cookie: cookie);

        Assert.Equal("2", await second.BodyAsync());
    }

    [Fact]
    public async Task A_cookie_that_was_changed_beside_a_take_is_stored_by_the_commit_although_a_touch_moves_the_expiry_only()
    {
        await using var store = Store();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                switch (context.Request.Path)
                {
                    case "/begin":
                        session.Set("code", "abc");
                        session.Cookie.MaxAge = TimeSpan.FromHours(1);
                        break;
                    case "/take":
                        session.Cookie.MaxAge = TimeSpan.FromDays(30);
                        await session.TakeAsync<string>("code");
                        break;
                    default:
                        await context.Response.WriteAsync($"{session.Cookie.OriginalMaxAge}");
                        break;
                }
            },
            store: store
        );
        using var begin = await app.GetAsync("/begin");
        using var take = await app.GetAsync("/take", begin.Cookie());

        using var age = await app.GetAsync("/age", begin.Cookie());

        Assert.Equal("30.00:00:00", await age.BodyAsync());
    }

    [Fact]
    public async Task Two_applications_on_one_file_see_each_others_sessions_and_sign_outs()
    {
        await using var oneStore = Store();
        await using var otherStore = Store();
        await using var one = await TestApp.StartAsync(Count, store: oneStore);
        await using var other = await TestApp.StartAsync(Count, store: otherStore);
        using var first = await one.GetAsync();

        using var second = await other.GetAsync(cookie: first.Cookie());
        using var third = await one.GetAsync("/sign-out", first.Cookie());
        using var fourth = await other.GetAsync(cookie: first.Cookie());

        Assert.Equal("2", await second.BodyAsync());
        Assert.Equal("1", await fourth.BodyAsync());
    }

    [Fact]
    public async Task Parallel_requests_lose_no_key()
    {
        const int Requests = 64;
        const int Rounds = 5;
        await using var store = Store();
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.GetServerSession().Set(context.Request.Query["key"].ToString(), 1);
                return context.Response.WriteAsync(string.Join(',', context.GetServerSession().Keys));
            },
            store: store
        );

        for (var round = 0; round < Rounds; round++)
        {
            using var begin = await app.GetAsync("/?key=begin");
            var cookie = begin.Cookie();
            var responses = await Task.WhenAll(Enumerable.Range(0, Requests).Select(i => app.GetAsync($"/?key=k{i}", cookie)));
            Assert.True(responses.All(static response => response.IsSuccessStatusCode), app.Logs.Text);
            using var end = await app.GetAsync("/?key=end", cookie);
            Assert.Equal(Requests + 2, (await end.BodyAsync()).Split(',').Length);
        }
    }

    [Fact]
    public async Task A_locked_database_fails_the_write_in_plain_words_and_nothing_else()
    {
        // The file is made by one that is patient: on a busy machine that takes longer than the other waits.
        await using (var patient = Store())
        {
            await patient.LengthAsync();
        }

        await using var store = new SqliteSessionStore(
            new SqliteSessionStoreOptions { ConnectionString = File, OperationTimeout = TimeSpan.FromSeconds(1) }
        );
        await using var app = await TestApp.StartAsync(
            static context => context.Request.Path == "/plain" ? context.Response.WriteAsync("plain") : Count(context),
            store: store
        );
        using var first = await app.GetAsync();

        await using (var other = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            await other.OpenAsync();
            await using var transaction = other.BeginTransaction(deferred: false);

            using var failed = await app.GetAsync(cookie: first.Cookie());
            using var plain = await app.GetAsync("/plain");

            Assert.Equal(503, (int)failed.StatusCode);
            Assert.Null(failed.SetCookie());
            Assert.Equal("plain", await plain.BodyAsync());
            Assert.Contains("locked by another process", app.Logs.Text, StringComparison.Ordinal);
        }

        using var recovered = await app.GetAsync(cookie: first.Cookie());
        Assert.Equal("2", await recovered.BodyAsync());
    }

    [Fact]
    public async Task A_redirect_finds_the_write_on_a_fresh_connection()
    {
        await using var store = Store();
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                if (context.Request.Path == "/login")
                {
                    context.GetServerSession().Set("user", context.Request.Query["user"].ToString());
                    context.Response.Redirect("/home");
                    return Task.CompletedTask;
                }

                return context.Response.WriteAsync(context.GetServerSession().Get<string>("user") ?? "nobody");
            },
            store: store
        );

        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (round, _) =>
        {
            using var client = app.NewClient();
            using var redirect = await app.GetAsync($"/login?user=u{round}", client: client);
            using var fresh = app.NewClient();
            using var home = await app.GetAsync("/home", redirect.Cookie(), fresh);
            Assert.Equal($"u{round}", await home.BodyAsync());
        });
    }

    private static async Task Count(HttpContext context)
    {
        var session = context.GetServerSession();
        if (context.Request.Path == "/sign-out")
        {
            await session.DestroyAsync();
            return;
        }

        session.Set("n", session.Get<int>("n") + 1);
        await context.Response.WriteAsync($"{session.Get<int>("n")}");
    }

    private SqliteSessionStore Store() => new(new SqliteSessionStoreOptions { ConnectionString = File });
}
