using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Tests;

public sealed class StoreRegistrationTests : IDisposable
{
    private static readonly SessionStoreUnavailableException Away = new("away", SessionStoreOperation.Open, "Box");

    private readonly LogLines _log = new();

    [Fact]
    public async Task The_host_opens_the_store_at_its_start_and_disposes_it_at_its_end()
    {
        BoxStore store;
        using (var host = Build(UnavailableAtStart.Fail, static (registration, builder) => registration.Add(builder, static (_, _) => { })))
        {
            store = host.Services.GetRequiredService<BoxStore>();
            await host.StartAsync(Cancel);
            Assert.Same(store, host.Services.GetRequiredService<ISessionStore>());
            Assert.Equal((1, 0), (store.Opened, store.Closed));
            await host.StopAsync(Cancel);
        }

        await store.DisposeAsync();
        Assert.Equal(1, store.Closed);
    }

    [Theory]
    [InlineData(UnavailableAtStart.Fail, true)]
    [InlineData(UnavailableAtStart.Warn, false)]
    public async Task A_backend_that_cannot_be_reached_stops_the_start_or_is_a_warning(UnavailableAtStart unavailable, bool stops)
    {
        using var host = Build(unavailable, static (registration, builder) => registration.Add(builder, static (_, _) => { }));
        host.Services.GetRequiredService<BoxStore>().OpenFails = Away;

        var error = await Record.ExceptionAsync(() => host.StartAsync(Cancel));

        Assert.Equal(stops, error is SessionStoreUnavailableException);
        Assert.Equal(
            stops ? [] : [("ServerSessions.Stores.Tests.BoxStore", LogLevel.Warning)],
            _log.Lines.Where(static line => line.Event.Name == "OpenedLater").Select(static line => (line.Category, line.Level))
        );
    }

    [Fact]
    public async Task Any_other_failure_stops_the_start()
    {
        using var host = Build(UnavailableAtStart.Warn, static (registration, builder) => registration.Add(builder, static (_, _) => { }));
        host.Services.GetRequiredService<BoxStore>().OpenFails = new SessionStoreException(
            "refused",
            SessionStoreOperation.Open,
            "Box",
            isTransient: false
        );

        await Assert.ThrowsAsync<SessionStoreException>(() => host.StartAsync(Cancel));
    }

    [Fact]
    public async Task A_store_that_another_has_replaced_is_not_opened()
    {
        using var host = Build(UnavailableAtStart.Fail, static (registration, builder) =>
        {
            registration.Add(builder, static (_, _) => { });
            builder.Services.Replace(ServiceDescriptor.Singleton<ISessionStore>(new OtherStore()));
        });
        await host.StartAsync(Cancel);

        Assert.Equal(0, host.Services.GetRequiredService<BoxStore>().Opened);
    }

    [Fact]
    public async Task A_store_that_another_wraps_is_opened()
    {
        using var host = Build(UnavailableAtStart.Fail, static (registration, builder) =>
        {
            registration.Add(builder, static (_, _) => { });
            Wrap(builder, static box => new WrappingStore(box));
        });
        await host.StartAsync(Cancel);

        Assert.IsType<WrappingStore>(host.Services.GetRequiredService<ISessionStore>());
        Assert.Equal(1, host.Services.GetRequiredService<BoxStore>().Opened);
    }

    [Theory]
    [InlineData(UnavailableAtStart.Fail, true)]
    [InlineData(UnavailableAtStart.Warn, false)]
    public async Task A_wrapped_backend_that_cannot_be_reached_stops_the_start_or_is_a_warning(UnavailableAtStart unavailable, bool stops)
    {
        using var host = Build(unavailable, static (registration, builder) =>
        {
            registration.Add(builder, static (_, _) => { });
            Wrap(builder, static box =>
            {
                box.OpenFails = Away;
                return new WrappingStore(box);
            });
        });

        var error = await Record.ExceptionAsync(() => host.StartAsync(Cancel));

        Assert.Equal(stops, error is SessionStoreUnavailableException);
        Assert.Equal(stops ? 0 : 1, _log.Count("OpenedLater"));
    }

    [Fact]
    public async Task A_wrapper_that_can_be_opened_is_opened_and_decides_about_what_it_wraps()
    {
        using var host = Build(UnavailableAtStart.Fail, static (registration, builder) =>
        {
            registration.Add(builder, static (_, _) => { });
            Wrap(builder, static box => new OpenableWrappingStore(box));
        });
        await host.StartAsync(Cancel);

        Assert.Equal(1, Assert.IsType<OpenableWrappingStore>(host.Services.GetRequiredService<ISessionStore>()).Opened);
        Assert.Equal(0, host.Services.GetRequiredService<BoxStore>().Opened);
    }

    [Fact]
    public async Task A_replaced_store_that_the_application_uses_otherwise_is_not_opened_and_does_not_decide_about_the_other()
    {
        using var host = Build(UnavailableAtStart.Fail, static (registration, builder) =>
        {
            registration.Add(builder, static (_, _) => { });
            new StoreRegistration<OtherBoxStore, BoxStoreOptions>(
                static (options, _, _) => new OtherBoxStore(options),
                new BoxStoreOptionsValidator(),
                UnavailableAtStart.Warn
            ).Add(builder, static (_, _) => { });
        });
        var replaced = host.Services.GetRequiredService<BoxStore>();

        await host.StartAsync(Cancel);

        Assert.Equal(0, replaced.Opened);
        Assert.Equal(1, _log.Count("OpenedLater"));
    }

    [Fact]
    public void Options_of_repeated_calls_accumulate_and_a_section_shows_no_value_of_a_wrong_key()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Place", (string?)"right")]).Build();
        using var host = Build(UnavailableAtStart.Fail, (registration, builder) =>
        {
            registration.Add(builder, static options => options.DefaultLifetime = TimeSpan.FromDays(3));
            registration.Add(builder, section);
        });
        var options = host.Services.GetRequiredService<BoxStore>().Options;
        Assert.Equal(("right", TimeSpan.FromDays(3)), (options.Place, options.DefaultLifetime));

        var wrong = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Pasword", (string?)"hunter2")]).Build();
        using var other = Build(UnavailableAtStart.Fail, (registration, builder) => registration.Add(builder, wrong));
        var error = Assert.Throws<OptionsValidationException>(() => other.Services.GetRequiredService<BoxStore>());
        Assert.Contains("'Pasword'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_options_stop_the_start()
    {
        using var host = Build(
            UnavailableAtStart.Warn,
            static (registration, builder) => registration.Add(builder, static options => options.Place = "")
        );

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    private IHost Build(
        UnavailableAtStart unavailable,
        Action<StoreRegistration<BoxStore, BoxStoreOptions>, IServerSessionBuilder> register
    )
    {
        var builder = new HostApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(_log);
        register(
            new StoreRegistration<BoxStore, BoxStoreOptions>(
                static (options, clock, logger) => new BoxStore(options, clock, logger),
                new BoxStoreOptionsValidator(),
                unavailable
            ),
            new Builder(builder.Services)
        );
        return builder.Build();
    }

    private sealed record Builder(IServiceCollection Services) : IServerSessionBuilder;

    private static void Wrap(IServerSessionBuilder builder, Func<BoxStore, ISessionStore> wrap) =>
        builder.Services.Replace(ServiceDescriptor.Singleton(provider => wrap(provider.GetRequiredService<BoxStore>())));

    private class WrappingStore(ISessionStore wrapped) : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            wrapped.GetAsync(sid, cancellationToken);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            wrapped.SetAsync(sid, record, cancellationToken);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            wrapped.DestroyAsync(sid, cancellationToken);
    }

    private sealed class OpenableWrappingStore(ISessionStore wrapped) : WrappingStore(wrapped), IOpenableSessionStore
    {
        public int Opened { get; private set; }

        public ValueTask OpenAsync(CancellationToken cancellationToken = default)
        {
            Opened++;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class OtherBoxStore(BoxStoreOptions options) : WrappingStore(new BoxStore(options)), IOpenableSessionStore
    {
        public ValueTask OpenAsync(CancellationToken cancellationToken = default) => ValueTask.FromException(Away);
    }

    private sealed class OtherStore : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
