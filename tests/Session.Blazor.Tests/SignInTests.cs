using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerSessions.Blazor.Tests.Support;

namespace ServerSessions.Blazor.Tests;

/// <summary>The user of a circuit is signed in as long as the session has the ticket.</summary>
public sealed class SignInTests
{
    [Theory]
    [InlineData("/sign-out")]
    [InlineData("/destroy")]
    public async Task A_circuit_signs_its_user_out_once_the_session_has_ended(string path)
    {
        await using var app = await StartAsync();
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/sign-in");
        await using var circuit = await visitor.OpenAsync();
        var authentication = circuit.Page.Authentication;
        var signedOut = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        authentication.AuthenticationStateChanged += async state =>
            signedOut.TrySetResult((await state).User.Identity?.Name);
        Assert.Equal("ada", (await authentication.GetAuthenticationStateAsync()).User.Identity?.Name);

        await visitor.PostAsync(path);

        Assert.Null(await signedOut.Task.WithinBoundAsync("the sign-out of a circuit"));
    }

    [Fact]
    public async Task A_store_failure_signs_no_user_of_a_circuit_out()
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(store);
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/sign-in");
        await using var circuit = await visitor.OpenAsync();
        store.Before = static _ => throw new TimeoutException("the store is down");

        await Bounded.UntilAsync(
            () => app.Logs.Count("RevalidationFailed") >= 3,
            "checks that fail",
            TestContext.Current.CancellationToken
        );

        Assert.Equal("ada", (await circuit.Page.Authentication.GetAuthenticationStateAsync()).User.Identity?.Name);
    }

    [Fact]
    public async Task A_ticket_that_has_expired_signs_the_user_of_a_circuit_out()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var app = await StartAsync(time: time);
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/sign-in");
        await using var circuit = await visitor.OpenAsync();

        time.Advance(TimeSpan.FromDays(15));

        await Bounded.UntilAsync(
            async () => (await circuit.Page.Authentication.GetAuthenticationStateAsync()).User.Identity?.Name is null,
            "the sign-out of a circuit",
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task Without_tickets_in_the_session_the_provider_says_what_is_missing()
    {
        await using var services = new ServiceCollection().AddLogging().AddAuthentication().Services.BuildServiceProvider();

        var missing = Assert.Throws<InvalidOperationException>(() =>
            new ServerSessionAuthenticationStateProvider(services, services.GetRequiredService<ILoggerFactory>())
        );

        Assert.Contains("AddServerSessionAccessor()", missing.Message, StringComparison.Ordinal);
    }

    private static Task<ShopApp> StartAsync(ISessionStore? store = null, TimeProvider? time = null) =>
        ShopApp.StartAsync(
            store,
            time,
            static services => services.AddScoped<AuthenticationStateProvider, HastyProvider>()
        );

    /// <summary>Checks as often as a test can wait for.</summary>
    private sealed class HastyProvider(IServiceProvider services, ILoggerFactory loggerFactory)
        : ServerSessionAuthenticationStateProvider(services, loggerFactory)
    {
        protected override TimeSpan RevalidationInterval => TimeSpan.FromMilliseconds(20);
    }
}
