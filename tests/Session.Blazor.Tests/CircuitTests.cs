using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Blazor.Tests.Support;

namespace ServerSessions.Blazor.Tests;

/// <summary>Interactive pages: a circuit works with the session of the visitor that opened it, over each transport.</summary>
public sealed class CircuitTests
{
    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task A_circuit_reads_what_requests_store_and_requests_read_what_it_stores(HttpTransportType transport)
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await using var circuit = await visitor.OpenAsync(transport);

        Assert.Equal(1, await circuit.RunAsync(CountAsync));
        await visitor.PostAsync("/count");
        Assert.Equal(2, await circuit.RunAsync(CountAsync));

        Assert.Equal(3, await circuit.RunAsync(IncrementAsync));
        await circuit.RunAsync(static async sessions => await sessions.UpdateAsync(static session => session.Set("circuit", "here")));
        Assert.Equal("3", await visitor.GetAsync("/count"));
        Assert.Equal("circuit,count", await visitor.GetAsync("/keys"));
    }

    [Fact]
    public async Task A_prerendered_component_can_begin_the_session_that_its_circuit_works_with()
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();
        app.Circuits.BeforeRendering = static async (sessions, isInteractive) =>
        {
            if (!isInteractive)
            {
                await sessions.UpdateAsync(static session => session.Set("begun", true));
            }
        };

        await using var circuit = await visitor.OpenAsync();

        Assert.Equal(1, await circuit.RunAsync(IncrementAsync));
        Assert.Equal("begun,count", await visitor.GetAsync("/keys"));
    }

    [Fact]
    public async Task Parallel_updates_from_two_circuits_and_requests_of_one_visitor_lose_nothing()
    {
        const int Each = 20;
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await using var first = await visitor.OpenAsync();
        await using var second = await visitor.OpenAsync(HttpTransportType.LongPolling);

        await Task.WhenAll(
            Enumerable
                .Range(0, Each)
                .SelectMany<int, Task>(i =>
                    [
                        first.RunAsync(IncrementAsync),
                        second.RunAsync(IncrementAsync),
                        visitor.PostAsync("/count"),
                        first.RunAsync(async sessions => await sessions.UpdateAsync(session => session.Set($"first{i}", i))),
                        second.RunAsync(async sessions => await sessions.UpdateAsync(session => session.Set($"second{i}", i))),
                        visitor.PostAsync($"/set?key=request{i}"),
                    ]
                )
        );

        Assert.Equal($"{1 + (3 * Each)}", await visitor.GetAsync("/count"));
        Assert.Equal(1 + (3 * Each), (await visitor.GetAsync("/keys")).Split(',').Length);
    }

    [Fact]
    public async Task A_circuit_without_a_session_reads_none_and_begins_none_and_says_where_to_begin_it()
    {
        using var store = new RecordingStore();
        await using var app = await ShopApp.StartAsync(store);
        using var visitor = app.NewVisitor();
        await using var circuit = await visitor.OpenAsync();

        Assert.Null(await circuit.RunAsync(static async sessions => await sessions.ReadAsync()));
        var refusal = await Assert.ThrowsAsync<ResponseRequiredException>(() => circuit.RunAsync(IncrementAsync));

        Assert.Contains("Begin it while the page is rendered", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(store.Calls);
    }

    [Fact]
    public async Task A_circuit_cannot_give_the_session_a_new_id_and_the_session_is_as_before()
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await using var circuit = await visitor.OpenAsync();

        await ThrowsAsync<ResponseRequiredException>(circuit, static session => session.RenewIdAsync());
        await ThrowsAsync<ResponseRequiredException>(circuit, static session => session.RenewForSignInAsync());
        await ThrowsAsync<ResponseRequiredException>(circuit, static session => session.RegenerateAsync());

        Assert.Equal(2, await circuit.RunAsync(IncrementAsync));
        Assert.Equal("2", await visitor.GetAsync("/count"));
    }

    [Fact]
    public async Task What_a_circuit_reads_cannot_be_changed_by_mistake()
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await using var circuit = await visitor.OpenAsync();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            circuit.RunAsync(static async sessions => (await sessions.ReadAsync())!.Set("lost", 1))
        );

        Assert.Contains("UpdateAsync", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("count", await visitor.GetAsync("/keys"));
    }

    [Fact]
    public async Task A_circuit_can_end_the_session_and_the_cookie_that_stays_in_the_browser_opens_nothing()
    {
        using var store = new RecordingStore();
        await using var app = await ShopApp.StartAsync(store);
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await using var circuit = await visitor.OpenAsync();

        await circuit.RunAsync(static async sessions => await sessions.UpdateAsync(static session => session.DestroyAsync()));

        Assert.Null(await circuit.RunAsync(static async sessions => await sessions.ReadAsync()));
        Assert.Equal("0", await visitor.GetAsync("/count"));
    }

    [Theory]
    [InlineData("/destroy")]
    [InlineData("/sign-in")]
    public async Task A_session_that_ended_or_moved_elsewhere_reads_as_none_and_is_not_revived(string path)
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await using var circuit = await visitor.OpenAsync();

        await visitor.PostAsync(path);

        Assert.Null(await circuit.RunAsync(static async sessions => await sessions.ReadAsync()));
        await Assert.ThrowsAsync<SessionNotFoundException>(() => circuit.RunAsync(IncrementAsync));
        await Assert.ThrowsAsync<SessionNotFoundException>(() =>
            circuit.RunAsync(static async sessions => await sessions.UpdateAsync(static session => session.Set("late", 1)))
        );
        Assert.DoesNotContain("late", await visitor.GetAsync("/keys"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_failure_in_a_circuit_is_an_error_and_never_an_empty_session()
    {
        using var store = new RecordingStore();
        await using var app = await ShopApp.StartAsync(store);
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await using var circuit = await visitor.OpenAsync();
        store.Before = static _ => throw new TimeoutException("the store is down");

        await Assert.ThrowsAnyAsync<SessionStoreException>(() => circuit.RunAsync(static async sessions => await sessions.ReadAsync()));
        await Assert.ThrowsAnyAsync<SessionStoreException>(() => circuit.RunAsync(IncrementAsync));

        store.Before = static _ => Task.CompletedTask;
        Assert.Equal(1, await circuit.RunAsync(CountAsync));
    }

    [Fact]
    public async Task A_store_failure_that_no_component_catches_is_shown_as_an_error_of_the_circuit()
    {
        using var store = new RecordingStore();
        await using var app = await ShopApp.StartAsync(store);
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        app.Circuits.BeforeRendering = (_, isInteractive) =>
        {
            if (isInteractive)
            {
                store.Before = static _ => throw new TimeoutException("the store is down");
            }

            return Task.CompletedTask;
        };

        var html = await visitor.GetAsync("/prerendered");
        await using var connection = await Connection.StartAsync(app.Address, visitor.Cookies, HttpTransportType.WebSockets, html);

        Assert.NotEmpty(await connection.Error);
    }

    [Fact]
    public async Task Circuits_of_two_visitors_have_their_own_sessions_in_whichever_flow_their_work_runs()
    {
        await using var app = await ShopApp.StartAsync();
        using var ada = app.NewVisitor();
        using var bob = app.NewVisitor();
        await ada.PostAsync("/count");
        await bob.PostAsync("/set?key=bob");
        await using var ofAda = await ada.OpenAsync();
        await using var ofBob = await bob.OpenAsync();

        // As a service of the application does that tells all circuits.
        Assert.Equal("count", await ofBob.RunAsync(_ => ofAda.RunAsync(KeysAsync)));
        Assert.Equal("bob", await ofAda.RunAsync(_ => ofBob.RunAsync(KeysAsync)));
        app.Circuits.BeforeRendering = async (_, isInteractive) =>
        {
            if (!isInteractive)
            {
                Assert.Equal("bob", await ofBob.RunAsync(KeysAsync));
            }
        };
        await ada.GetAsync("/prerendered");
    }

    [Fact]
    public async Task A_service_in_a_scope_of_its_own_gets_an_error_and_no_session_of_another_visitor()
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await using var circuit = await visitor.OpenAsync();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            circuit.RunAsync(async _ =>
            {
                await using var scope = circuit.Page.Services.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<IServerSessionAccessor>().ReadAsync();
            })
        );

        Assert.Contains("OwningComponentBase", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_of_a_name_have_an_accessor_of_their_own()
    {
        await using var app = await ShopApp.StartAsync(
            services: static services =>
                services.AddServerSessions("admin", static options =>
                {
                    options.Secret = "another secret of the tests, long enough for anybody";
                    options.Cookie.Name = "admin.sid";
                }),
            pipeline: static app =>
            {
                app.UseServerSessions("admin");
                app.MapPost("/admin", static (HttpContext context) => context.GetServerSession("admin").Set("role", "admin"))
                    .DisableAntiforgery();
            }
        );
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await visitor.PostAsync("/admin");
        await using var circuit = await visitor.OpenAsync();
        var admin = circuit.Page.Services.GetRequiredKeyedService<IServerSessionAccessor>("admin");

        Assert.Equal("role", await circuit.RunAsync(_ => KeysAsync(admin)));
        Assert.Equal("count", await circuit.RunAsync(KeysAsync));
    }

    [Fact]
    public async Task A_change_in_a_circuit_extends_the_session_and_reading_does_not()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var store = new RecordingStore(time);
        await using var app = await ShopApp.StartAsync(
            store,
            time,
            services: static services =>
                services.Configure<ServerSessionOptions>(static options => options.IdleTimeout = TimeSpan.FromMinutes(20))
        );
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await using var circuit = await visitor.OpenAsync();
        var begun = time.GetUtcNow();

        time.Advance(TimeSpan.FromMinutes(5));
        await circuit.RunAsync(CountAsync);
        Assert.Equal(begun.AddMinutes(20), (await store.TheOnlySessionAsync()).Expires);

        await circuit.RunAsync(IncrementAsync);
        Assert.Equal(begun.AddMinutes(25), (await store.TheOnlySessionAsync()).Expires);

        time.Advance(TimeSpan.FromMinutes(5));
        await circuit.RunAsync(static async sessions => await sessions.UpdateAsync(static session => session.Set("tea", "Assam")));
        Assert.Equal(begun.AddMinutes(30), (await store.TheOnlySessionAsync()).Expires);
    }

    [Fact]
    public async Task An_update_of_one_key_in_a_circuit_is_one_read_and_one_write()
    {
        using var store = new RecordingStore();
        await using var app = await ShopApp.StartAsync(store);
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        await using var circuit = await visitor.OpenAsync();
        store.Forget();

        await circuit.RunAsync(IncrementAsync);

        Assert.Equal(["get", "set"], store.Calls);
    }

    [Fact]
    public async Task No_id_reaches_a_log_or_a_page()
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        var sid = Uri.UnescapeDataString(visitor.SessionCookie!)[2..].Split('.')[0];
        var html = await visitor.GetAsync("/prerendered");
        await using var circuit = await visitor.OpenAsync();
        await circuit.RunAsync(IncrementAsync);
        await visitor.PostAsync("/destroy");
        await Assert.ThrowsAsync<SessionNotFoundException>(() => circuit.RunAsync(IncrementAsync));

        Assert.DoesNotContain(sid, html + app.Logs.Text, StringComparison.Ordinal);
    }

    private static async Task<int> CountAsync(IServerSessionAccessor sessions) => (await sessions.ReadAsync())!.Get<int>("count");

    private static async Task<string> KeysAsync(IServerSessionAccessor sessions) => string.Join(',', (await sessions.ReadAsync())!.Keys);

    private static async Task<int> IncrementAsync(IServerSessionAccessor sessions) =>
        await sessions.UpdateAsync(static session => session.UpdateAsync<int>("count", static count => count + 1));

    private static async Task ThrowsAsync<TException>(Connection circuit, Func<ServerSession, ValueTask> change)
        where TException : Exception =>
        await Assert.ThrowsAsync<TException>(() => circuit.RunAsync(async sessions => await sessions.UpdateAsync(change)));
}
