using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Tests.Http;

/// <summary>Secrets that the configuration brings while the application runs.</summary>
public sealed class SecretReloadTests(ITestOutputHelper output)
{
    private readonly ReloadingSource _source = new();

    private static string SecretOf(int number) => $"secret number {number + 1000:D4}, long enough for everyone: 3vQ9xLm2Zt7K";

    [Fact]
    public async Task While_secrets_are_rotated_under_traffic_no_session_is_lost()
    {
        const int Clients = 8;
        const int Rotations = 40;
        _source.Change(Ring(0));
        await using var app = await StartAsync();
        using var browsed = new SemaphoreSlim(0);
        var reached = new int[Clients];
        var (rotation, requests) = (0, 0);

        async Task BrowseAsync(int client)
        {
            using var connections = app.NewClient();
            using var begin = await app.GetAsync("/count", client: connections);
            var cookie = begin.Cookie();
            for (var count = 2; Volatile.Read(ref rotation) <= Rotations; count++)
            {
                var before = Volatile.Read(ref rotation);
                using var response = await app.GetAsync("/count", cookie, connections);
                Assert.Equal($"{count}", await response.BodyAsync());
                cookie = response.Cookie();
                Interlocked.Increment(ref requests);
                Volatile.Write(ref reached[client], before);
                browsed.Release();
            }
        }

        var clients = Enumerable.Range(0, Clients).Select(BrowseAsync).ToList();
        while (rotation <= Rotations)
        {
            // A secret is listed until each client has had a cookie of the next one.
            while (clients.TrueForAll(static client => !client.IsCompleted) && reached.Any(done => done < rotation))
            {
                await browsed.WaitAsync().WithinBoundAsync($"requests after rotation {rotation}");
            }

            if (rotation < Rotations)
            {
                _source.Change(Ring(rotation + 1));
            }

            Interlocked.Increment(ref rotation);
        }

        await Task.WhenAll(clients).WithinBoundAsync("the clients of the rotations");
        output.WriteLine($"{requests} requests in {Rotations} rotations");
        Assert.Equal((Rotations, 0), (app.Logs.Count("SecretsReloaded"), app.Logs.Count("SecretsRefused")));
    }

    [Fact]
    public async Task The_next_request_uses_what_was_reloaded_and_a_removed_secret_opens_nothing()
    {
        _source.Change(("Secret", SecretOf(1)));
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/count");

        _source.Change(("Secret", SecretOf(2)), ("PreviousSecrets:0", SecretOf(1)));
        using var renewed = await app.GetAsync("/count", begin.Cookie());
        _source.Change(("Secret", SecretOf(2)));
        using var former = await app.GetAsync("/count", begin.Cookie());
        using var current = await app.GetAsync("/count", renewed.Cookie());

        Assert.NotEqual(begin.Cookie(), renewed.Cookie());
        Assert.Equal(("2", "1", "3"), (await renewed.BodyAsync(), await former.BodyAsync(), await current.BodyAsync()));
    }

    [Fact]
    public async Task A_request_under_way_keeps_the_secrets_that_it_began_with()
    {
        _source.Change(("Secret", SecretOf(1)));
        var (entered, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await StartAsync(async context =>
        {
            if (context.Request.Path == "/slow")
            {
                entered.SetResult();
                await goOn.Task;
            }

            await CountAsync(context);
        });

        var slow = app.GetAsync("/slow");
        await entered.Task.WithinBoundAsync("the request that is under way");
        _source.Change(("Secret", SecretOf(2)));
        goOn.SetResult();
        using var response = await slow;
        using var refused = await app.GetAsync("/count", response.Cookie());
        _source.Change(("Secret", SecretOf(2)), ("PreviousSecrets:0", SecretOf(1)));
        using var known = await app.GetAsync("/count", response.Cookie());

        // Signed with the secret that was in force when it began.
        Assert.Equal(("1", "2"), (await refused.BodyAsync(), await known.BodyAsync()));
    }

    [Fact]
    public async Task What_a_renewed_session_left_under_its_old_id_is_found_by_a_sign_out_after_a_rotation()
    {
        _source.Change(("Secret", SecretOf(1)));
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/count");
        using var renewed = await app.GetAsync("/renew", begin.Cookie());

        _source.Change(("Secret", SecretOf(2)), ("PreviousSecrets:0", SecretOf(1)));
        using var signedOut = await app.GetAsync("/sign-out", begin.Cookie());
        using var after = await app.GetAsync("/count", renewed.Cookie());

        Assert.Equal("1", await after.BodyAsync());
    }

    public static TheoryData<string> Refused => ["absent", "empty", "empty-previous", "short", "guessable", "repeated"];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_value_that_would_not_start_the_application_is_refused_without_being_shown_and_the_former_one_stays(string what)
    {
        _source.Change(("Secret", SecretOf(1)));
        await using var app = await StartAsync(
            sessions: static sessions => sessions.UseStrictDefaults(),
            options: static options => options.Cookie.Secure = SessionCookieSecure.Auto,
            name: "sid"
        );
        using var begin = await app.GetAsync("/count");

        _source.Change(
            what switch
            {
                "absent" => [("Rolling", "true")],
                "empty" => [("Secret", "")],
                "empty-previous" => [("Secret", SecretOf(7)), ("PreviousSecrets:0", "")],
                "short" => [("Secret", "cat-of-the-test")],
                "guessable" => [("Secret", new string('q', 44))],
                _ => [("Secret", SecretOf(7)), ("PreviousSecrets:0", SecretOf(7))],
            }
        );
        using var still = await app.GetAsync("/count", begin.Cookie("sid"));
        using var created = await app.GetAsync("/count");
        _source.Change(("Secret", SecretOf(2)), ("PreviousSecrets:0", SecretOf(1)));
        using var mended = await app.GetAsync("/count", created.Cookie("sid"));

        Assert.Equal(("2", "2"), (await still.BodyAsync(), await mended.BodyAsync()));
        var line = Assert.Single(app.Logs.Lines, static line => line.Event.Name == "SecretsRefused");
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains(
            "openssl rand -base64 32",
            what == "empty-previous" ? "openssl rand -base64 32" : line.Text,
            StringComparison.Ordinal
        );
        foreach (var secret in new[] { "cat-of-the-test", new string('q', 44), SecretOf(7), SecretOf(1) })
        {
            Assert.DoesNotContain(secret, app.Logs.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_delegate_of_the_application_that_throws_or_a_validation_that_refuses_keeps_the_former_secret_and_shows_nothing()
    {
        _source.Change(("Secret", SecretOf(1)));
        await using var app = await StartAsync(
            options: options =>
            {
                if (options.Secret!.Contains("1007", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException(options.Secret);
                }
            },
            sessions: static sessions =>
                sessions
                    .Services.AddOptions<ServerSessionOptions>()
                    .Validate(static options => !options.Secret!.Contains("1008", StringComparison.Ordinal), SecretOf(8))
        );
        using var begin = await app.GetAsync("/count");

        _source.Change(("Secret", SecretOf(7)));
        _source.Change(("Secret", SecretOf(8)));
        using var still = await app.GetAsync("/count", begin.Cookie());

        Assert.Equal(("2", 2), (await still.BodyAsync(), app.Logs.Count("SecretsRefused")));
        Assert.DoesNotContain(SecretOf(7), app.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretOf(8), app.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_that_changes_no_secret_says_nothing_and_every_other_option_stays_as_it_was_at_start()
    {
        _source.Change(("Secret", SecretOf(1)));
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/count");

        _source.Change(("Secret", SecretOf(1)), ("Cookie:Name", "other"), ("Cookie:Path", "/nowhere"), ("MaxKeys", "0"));
        using var after = await app.GetAsync("/count", begin.Cookie());

        Assert.Equal("2", await after.BodyAsync());
        Assert.Equal((0, 0), (app.Logs.Count("SecretsReloaded"), app.Logs.Count("SecretsRefused")));
    }

    [Fact]
    public async Task A_fixed_end_of_the_cookie_that_has_passed_since_the_start_does_not_keep_secrets_from_being_rotated()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        _source.Change(("Secret", SecretOf(1)));
        await using var app = await StartAsync(
            options: static options => options.Cookie.Expires = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero),
            time: time
        );

        time.Advance(TimeSpan.FromDays(2));
        _source.Change(("Secret", SecretOf(2)), ("PreviousSecrets:0", SecretOf(1)));

        Assert.Equal((1, 0), (app.Logs.Count("SecretsReloaded"), app.Logs.Count("SecretsRefused")));
    }

    [Fact]
    public async Task A_secret_that_is_likely_a_mistake_is_warned_about_when_it_is_reloaded()
    {
        _source.Change(("Secret", SecretOf(1)));
        await using var app = await StartAsync();

        _source.Change(("Secret", "keyboard cat"), ("PreviousSecrets:0", SecretOf(1)));

        Assert.Equal((1, 1, 1), (app.Logs.Count("SecretsReloaded"), app.Logs.Count("ShortSecret"), app.Logs.Count("GuessableSecret")));
    }

    [Fact]
    public async Task A_source_of_changes_that_the_application_registers_is_heard_too()
    {
        var secret = SecretOf(1);
        using var changes = new Changes();
        await using var app = await TestApp.StartAsync(
            CountAsync,
            options => options.Secret = secret,
            sessions: sessions => sessions.Services.AddSingleton<IOptionsChangeTokenSource<ServerSessionOptions>>(changes)
        );
        using var begin = await app.GetAsync("/count");

        secret = SecretOf(2);
        changes.Tell();
        using var after = await app.GetAsync("/count", begin.Cookie());

        Assert.Equal(("1", 1), (await after.BodyAsync(), app.Logs.Count("SecretsReloaded")));
    }

    [Fact]
    public async Task After_the_end_of_the_application_no_reload_is_heard()
    {
        _source.Change(("Secret", SecretOf(1)));
        var app = await StartAsync();
        await app.DisposeAsync();

        _source.Change(("Secret", SecretOf(2)));

        Assert.Equal((0, 0), (app.Logs.Count("SecretsReloaded"), app.Logs.Count("SecretsRefused")));
    }

    /// <summary>A secret and the one before it.</summary>
    private static IEnumerable<(string Key, string? Value)> Ring(int number) =>
        [("Secret", SecretOf(number)), ("PreviousSecrets:0", SecretOf(number - 1))];

    private static async Task CountAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Request.Path.Value)
        {
            case "/renew":
                await session.RenewIdAsync();
                return;
            case "/sign-out":
                await session.DestroyAsync();
                return;
        }

        session.Set("n", session.Get<int>("n") + 1);
        await context.Response.WriteAsync($"{session.Get<int>("n")}");
    }

    private Task<TestApp> StartAsync(
        RequestDelegate? handler = null,
        Action<ServerSessionOptions>? options = null,
        Action<IServerSessionBuilder>? sessions = null,
        TimeProvider? time = null,
        string? name = null
    )
    {
        IConfigurationBuilder? configuration = null;
        return TestApp.StartAsync(
            handler ?? CountAsync,
            configured =>
            {
                // As the README shows it: a delegate that reads the configuration.
                var section = ((IConfiguration)configuration!).GetSection("ServerSessions");
                (configured.Secret, configured.Rolling) = (null, true);
                section.Bind(configured);
                configured.Cookie.Name = name ?? configured.Cookie.Name;
                options?.Invoke(configured);
            },
            sessions: sessions,
            time: time,
            configuration: builder =>
            {
                configuration = builder;
                builder.Add(_source);
            }
        );
    }

    private sealed class Changes : IOptionsChangeTokenSource<ServerSessionOptions>, IDisposable
    {
        private CancellationTokenSource _change = new();

        public string? Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => new CancellationChangeToken(_change.Token);

        public void Tell()
        {
            using var former = Interlocked.Exchange(ref _change, new CancellationTokenSource());
            former.Cancel();
        }

        public void Dispose() => _change.Dispose();
    }
}
