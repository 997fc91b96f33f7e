using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Moving.Tests;

/// <summary>How an application asks for a move, and what stops its start.</summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("session-move-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_stores_are_added_as_each_would_be_alone()
    {
        await using var app = await StartAsync(sessions =>
            sessions.MoveStore(from => from.AddSqliteStore(File("a.db")), to => to.AddMemoryStore(), SessionMoveMode.CarryToNew)
        );

        var store = Assert.IsAssignableFrom<MovingSessionStore>(app.Services.GetRequiredService<ISessionStore>());
        Assert.Equal(("SQLite+Memory", SessionMoveMode.CarryToNew), (store.Backend, store.Mode));
    }

    [Fact]
    public async Task Two_stores_of_one_kind_are_two()
    {
        await using var app = await StartAsync(sessions =>
            sessions.MoveStore(from => from.AddSqliteStore(File("a.db")), to => to.AddSqliteStore(File("b.db")), SessionMoveMode.Stay)
        );

        await app.Services.GetRequiredService<ISessionStore>().GetAsync("sid", Cancel);
    }

    [Fact]
    public async Task One_store_under_two_names_stops_the_start()
    {
        var refusal = await Assert.ThrowsAsync<SessionStoreException>(() =>
            StartAsync(sessions =>
                sessions.MoveStore(
                    from => from.AddSqliteStore(File("a.db")),
                    to => to.AddSqliteStore($"Data Source={File("a.db")}"),
                    SessionMoveMode.Stay
                )
            )
        );

        Assert.StartsWith(
            "The old and the new session store of the move are one store (SQLite)",
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_store_without_compare_and_set_stops_the_start()
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() =>
            StartAsync(sessions =>
                sessions.MoveStore(from => from.AddStore(_ => new PlainStore()), to => to.AddMemoryStore(), SessionMoveMode.Stay)
            )
        );

        Assert.StartsWith("The old session store (Plain) cannot take part in a move", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_of_which_the_last_wins_stop_the_start()
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            StartAsync(
                sessions => sessions.MoveStore(from => from.AddSqliteStore(File("a.db")), to => to.AddMemoryStore(), SessionMoveMode.Stay),
                options => options.ParallelWrites = SessionParallelWrites.LastWriteWins
            )
        );

        Assert.Contains("ParallelWrites is LastWriteWins", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_delegate_that_adds_no_store_is_refused()
    {
        var sessions = new ServiceCollection().AddServerSessions();

        var refusal = Assert.Throws<ArgumentException>(() =>
            sessions.MoveStore(static _ => { }, to => to.AddMemoryStore(), SessionMoveMode.Stay)
        );

        Assert.StartsWith("MoveStore has no old store", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configuration_alone_says_from_where_and_how_far()
    {
        var configuration = Configuration(("ServerSessions:Move:Mode", "CarryToNew"));
        await using var app = await StartAsync(sessions => sessions.AddStoreFromConfiguration(configuration));

        var store = Assert.IsAssignableFrom<MovingSessionStore>(app.Services.GetRequiredService<ISessionStore>());
        Assert.Equal(("SQLite+Memory", SessionMoveMode.CarryToNew), (store.Backend, store.Mode));
    }

    [Theory]
    [InlineData("Mode", "Sideways", "ServerSessions:Move:Mode")]
    [InlineData("Mood", "Stay", "'Mood'")]
    [InlineData("SessionsPerSecond", "0", "SessionsPerSecond must be 1 to 100,000")]
    public async Task A_wrong_key_of_the_configuration_stops_the_start(string key, string value, string named)
    {
        var configuration = Configuration(($"ServerSessions:Move:{key}", value));

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            StartAsync(sessions => sessions.AddStoreFromConfiguration(configuration))
        );

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mode", "CarryToNew")]
    [InlineData("Drain", "true")]
    [InlineData("SessionsPerSecond", "5")]
    public void Keys_of_a_move_without_its_old_store_are_refused_and_the_message_says_what_to_set(string key, string value)
    {
        foreach (var from in (string?[])[null, "", " "])
        {
            var configuration = Configuration(("ServerSessions:Move:From", from!), ($"ServerSessions:Move:{key}", value));

            var refusal = Assert.Throws<InvalidOperationException>(() =>
                new ServiceCollection().AddServerSessions().AddStoreFromConfiguration(configuration)
            );

            Assert.Equal(
                $"No store was added: the configuration has ServerSessions:Move:{key} and no ServerSessions:Move:From, so no session would "
                    + "move. Set ServerSessions:Move:From to the URL of the old store, or remove the other keys of ServerSessions:Move.",
                refusal.Message
            );
        }
    }

    [Fact]
    public async Task Empty_keys_of_a_move_are_no_move()
    {
        var configuration = Configuration(("ServerSessions:Move:From", ""), ("ServerSessions:Move:Mode", ""));
        await using var app = await StartAsync(sessions => sessions.AddStoreFromConfiguration(configuration));

        Assert.Equal("Memory", app.Services.GetRequiredService<ISessionStore>().Backend);
    }

    [Fact]
    public async Task A_mode_that_a_reload_brings_is_used_if_it_differs_by_one_step()
    {
        var configuration = Configuration(("ServerSessions:Move:Mode", "Stay"));
        await using var app = await StartAsync(sessions => sessions.AddStoreFromConfiguration(configuration));
        var store = (MovingSessionStore)app.Services.GetRequiredService<ISessionStore>();
        var modes = new List<SessionMoveMode>();
        foreach (var next in (string[])["CarryToNew", "CarryToOld", "Nonsense", "Stay", "CarryToOld"])
        {
            configuration["ServerSessions:Move:Mode"] = next;
            configuration.Reload();
            modes.Add(store.Mode);
        }

        Assert.Equal(
            [
                SessionMoveMode.CarryToNew,
                SessionMoveMode.CarryToNew,
                SessionMoveMode.CarryToNew,
                SessionMoveMode.Stay,
                SessionMoveMode.CarryToOld,
            ],
            modes
        );
    }

    [Fact]
    public async Task An_application_can_carry_the_sessions_that_no_request_uses()
    {
        await using (var old = await StartAsync(sessions => sessions.AddSqliteStore(File("sessions.db"))))
        {
            var record = new SessionRecord("""{"cookie":{},"value":1}"""u8, TimeProvider.System.GetUtcNow().AddHours(1));
            await old.Services.GetRequiredService<ISessionStore>().SetAsync("sid", record, Cancel);
        }

        var configuration = Configuration(("ServerSessions:Move:Mode", "CarryToNew"), ("ServerSessions:Move:Drain", "true"));
        await using var app = await StartAsync(sessions => sessions.AddStoreFromConfiguration(configuration));

        var target = ((MovingSessionStore)app.Services.GetRequiredService<ISessionStore>()).NewStore;
        await Bounded.UntilAsync(async () => await target.GetAsync("sid", Cancel) is not null, "a session that is carried", Cancel);
    }

    [Fact]
    public async Task Sessions_of_a_name_move_by_themselves()
    {
        await using var app = await StartAsync(
            static _ => { },
            services: services =>
                services
                    .AddServerSessions(
                        "admin",
                        static options => (options.Secret, options.Cookie.Name) = ("another secret of a test", "admin")
                    )
                    .MoveStore(from => from.AddSqliteStore(File("a.db")), to => to.AddMemoryStore(), SessionMoveMode.Stay)
        );

        Assert.IsAssignableFrom<MovingSessionStore>(app.Services.GetRequiredKeyedService<ISessionStore>("admin"));
        Assert.IsNotAssignableFrom<MovingSessionStore>(app.Services.GetRequiredService<ISessionStore>());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<WebApplication> StartAsync(
        Action<IServerSessionBuilder> store,
        Action<ServerSessionOptions>? options = null,
        Action<IServiceCollection>? services = null
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        store(
            builder.Services.AddServerSessions(session =>
            {
                session.Secret = "the secret of a test of a move";
                options?.Invoke(session);
            })
        );
        services?.Invoke(builder.Services);
        var app = builder.Build();
        try
        {
            app.UseServerSessions();
            await app.StartAsync(Cancel);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                [
                    new("ServerSessions:Store", "memory:"),
                    new("ServerSessions:Move:From", $"sqlite:{File("sessions.db")}"),
                ]
            )
            .AddInMemoryCollection(settings.Select(static setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)))
            .Build();

    private string File(string name) => Path.Combine(_folder, name);

    private sealed class PlainStore : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) => default;

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) => default;

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => default;
    }
}
