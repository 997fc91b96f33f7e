using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace ServerSessions.Tests.Http;

/// <summary>A request that began before secrets and keys were reloaded, beside one that began after that, with one session.</summary>
public sealed class ReloadUnderWayTests : IDisposable
{
    private const string Other = "another secret of the tests, as long as the first";

    private static readonly string[] Keys =
    [
        Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(static i => (byte)i)]),
        Convert.ToBase64String([.. Enumerable.Range(2, 32).Select(static i => (byte)i)]),
    ];

    private readonly ReloadingSource _source = new();
    private readonly RecordingStore _store = new();
    private readonly TaskCompletionSource _entered = new();
    private readonly TaskCompletionSource _goOn = new();

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_one_changes_is_laid_over_what_the_other_has_sealed_with_the_new_key(bool isEncrypted)
    {
        Configure(TestApp.Secret, isEncrypted ? Keys[0] : null);
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/set?k=begin");

        var slow = app.GetAsync("/slow/set?k=slow", begin.Cookie());
        await _entered.Task.WithinBoundAsync("the request that is under way");
        Configure(Other, isEncrypted ? Keys[1] : null, TestApp.Secret, isEncrypted ? Keys[0] : null);
        using var fast = await app.GetAsync("/set?k=fast", begin.Cookie());
        _goOn.SetResult();
        using var response = await slow;
        using var keys = await app.GetAsync("/keys", begin.Cookie());

        Assert.Equal("begin,fast,slow", await keys.BodyAsync());
        Assert.Equal((0, 0), (app.Logs.Count("RecordRefused"), app.Logs.Count("ChangesDropped")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sign_out_ends_the_session_that_the_other_has_given_a_new_id(bool isEncrypted)
    {
        Configure(TestApp.Secret, isEncrypted ? Keys[0] : null);
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/set?k=user");

        var slow = app.GetAsync("/slow/sign-out", begin.Cookie());
        await _entered.Task.WithinBoundAsync("the request that is under way");
        Configure(Other, isEncrypted ? Keys[1] : null, TestApp.Secret, isEncrypted ? Keys[0] : null);
        using var renewed = await app.GetAsync("/renew", begin.Cookie());
        _goOn.SetResult();
        using var response = await slow;
        using var after = await app.GetAsync("/keys", renewed.Cookie());

        Assert.Equal("", await after.BodyAsync());
        Assert.Equal(0, app.Logs.Count("SecretsRefused"));
    }

    private void Configure(string secret, string? key, string? formerSecret = null, string? formerKey = null) =>
        _source.Change(
            new (string Key, string? Value)[]
            {
                ("Secret", secret),
                ("PreviousSecrets:0", formerSecret),
                ("Protection:Key", key),
                ("Protection:PreviousKeys:0", formerKey),
            }.Where(static pair => pair.Value is not null)
        );

    private async Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        if (context.Request.Path.StartsWithSegments("/slow"))
        {
            _entered.SetResult();
            await _goOn.Task.WithinBoundAsync("the other request");
        }

        switch (context.Request.Path.Value!.Split('/')[^1])
        {
            case "set":
                session.Set(context.Request.Query["k"].ToString(), 1);
                break;
            case "renew":
                await session.RenewIdAsync();
                break;
            case "sign-out":
                await session.DestroyAsync();
                break;
            default:
                await context.Response.WriteAsync(string.Join(',', session.Keys.Order(StringComparer.Ordinal)));
                break;
        }
    }

    private Task<TestApp> StartAsync()
    {
        IConfigurationBuilder? configuration = null;
        return TestApp.StartAsync(
            HandleAsync,
            configured => ((IConfiguration)configuration!).GetSection("ServerSessions").Bind(configured),
            store: _store,
            configuration: builder =>
            {
                configuration = builder;
                builder.Add(_source);
            }
        );
    }
}
