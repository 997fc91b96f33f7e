using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>Payload keys that the configuration brings while the application runs.</summary>
public sealed class PayloadKeyReloadTests : IDisposable
{
    private static readonly string[] Keys = [.. Enumerable.Range(1, 4).Select(KeyOf)];

    private readonly ReloadingSource _source = new();
    private readonly RecordingStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task The_next_request_seals_with_the_new_key_and_opens_what_the_former_one_has_sealed()
    {
        Configure(Keys[0]);
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/");
        var sealedAtFirst = await KeyIdAsync();

        Configure(Keys[1], Keys[0]);
        using var rotated = await app.GetAsync("/", begin.Cookie());
        var sealedAfterwards = await KeyIdAsync();
        Configure(Keys[1]);
        using var alone = await app.GetAsync("/", begin.Cookie());

        Assert.Equal(("1", "2", "3"), (await begin.BodyAsync(), await rotated.BodyAsync(), await alone.BodyAsync()));
        Assert.NotEqual(sealedAtFirst, sealedAfterwards);
        Assert.Equal((2, 0), (app.Logs.Count("SecretsReloaded"), app.Logs.Count("SecretsRefused")));
    }

    [Fact]
    public async Task A_key_that_was_removed_opens_nothing()
    {
        Configure(Keys[0]);
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/");

        Configure(Keys[1]);
        using var after = await app.GetAsync("/", begin.Cookie());

        Assert.Equal(("1", 1), (await after.BodyAsync(), app.Logs.Count("RecordRefused")));
    }

    [Fact]
    public async Task A_request_under_way_keeps_the_keys_that_it_began_with()
    {
        Configure(Keys[0]);
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
        using var begin = await app.GetAsync("/");
        var sealedAtFirst = await KeyIdAsync();

        var slow = app.GetAsync("/slow", begin.Cookie());
        await entered.Task.WithinBoundAsync("the request that is under way");
        Configure(Keys[1], Keys[0]);
        goOn.SetResult();
        using var response = await slow;

        Assert.Equal(("2", sealedAtFirst), (await response.BodyAsync(), await KeyIdAsync()));
    }

    [Fact]
    public async Task After_a_reload_a_store_that_is_disconnected_still_counts_as_that_and_so_it_does_once_it_is_back()
    {
        Configure(Keys[0]);
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/");

        _store.Disconnect();
        Configure(Keys[1], Keys[0]);
        using var lost = await app.GetAsync("/", begin.Cookie());
        _store.Connect();
        using var back = await app.GetAsync("/", begin.Cookie());

        Assert.Equal((StatusCodes.Status503ServiceUnavailable, "2"), ((int)lost.StatusCode, await back.BodyAsync()));
    }

    public static TheoryData<string, string> Refused =>
        new()
        {
            { "removed", "takes effect with the next start only" },
            { "no key", "is no key" },
            { "one byte", "can be guessed" },
            { "former key no key", "PreviousKeys[0] is no key" },
            { "listed twice", "is listed before" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_key_that_would_hide_nothing_is_refused_without_being_shown_and_the_former_one_stays(string what, string says)
    {
        Configure(Keys[0]);
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/");

        switch (what)
        {
            case "removed":
                Configure(null);
                break;
            case "no key":
                Configure("bm8ga2V5");
                break;
            case "one byte":
                Configure(Convert.ToBase64String(new byte[32]));
                break;
            case "former key no key":
                Configure(Keys[1], "bm8ga2V5");
                break;
            default:
                Configure(Keys[1], Keys[1]);
                break;
        }

        using var still = await app.GetAsync("/", begin.Cookie());

        Assert.Equal("2", await still.BodyAsync());
        var line = Assert.Single(app.Logs.Lines, static line => line.Event.Name == "SecretsRefused");
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains(says, line.Text, StringComparison.Ordinal);
        Assert.All(
            Keys.Append("bm8ga2V5").Append(Convert.ToBase64String(new byte[32])),
            key => Assert.DoesNotContain(key, line.Text, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_key_that_appears_while_sessions_are_stored_in_the_clear_is_refused()
    {
        Configure(null);
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/");

        Configure(Keys[0]);
        using var still = await app.GetAsync("/", begin.Cookie());

        Assert.Equal(("2", 1), (await still.BodyAsync(), app.Logs.Count("SecretsRefused")));
    }

    private static string KeyOf(int number) => Convert.ToBase64String([.. Enumerable.Range(number, 32).Select(static i => (byte)i)]);

    private static async Task CountAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        session.Set("n", session.Get<int>("n") + 1);
        await context.Response.WriteAsync($"{session.Get<int>("n")}");
    }

    private void Configure(string? key, params IEnumerable<string> previous) =>
        _source.Change(
            previous
                .Select(static (text, index) => ($"Protection:PreviousKeys:{index}", (string?)text))
                .Concat(key is null ? [] : [("Protection:Key", (string?)key)])
                .Append(("Secret", TestApp.Secret))
        );

    /// <summary>The id of the key that the one session at rest is sealed with.</summary>
    private async Task<string> KeyIdAsync()
    {
        await foreach (var entry in _store.Inner.AllAsync(TestContext.Current.CancellationToken))
        {
            Assert.True(SessionDocument.Parse(entry.Record.Payload).TryGetJson("sealed", out var json));
            return SessionJson.DecodeString(json.Span)!.Split('.')[1];
        }

        throw new InvalidOperationException("There is no session.");
    }

    private Task<TestApp> StartAsync(RequestDelegate? handler = null)
    {
        IConfigurationBuilder? configuration = null;
        return TestApp.StartAsync(
            handler ?? CountAsync,
            configured =>
            {
                // As the README shows it for a section: what is absent stays unset.
                ((IConfiguration)configuration!).GetSection("ServerSessions").Bind(configured);
            },
            store: _store,
            configuration: builder =>
            {
                configuration = builder;
                builder.Add(_source);
            }
        );
    }
}
