using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ServerSessions.Tests.Events;

namespace ServerSessions.Tests.Users;

/// <summary>An application in which users sign in, on two stores that the test sees: of sessions, and of users' lists.</summary>
internal sealed class UsersApp : IAsyncDisposable
{
    public const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0";

    private readonly TestApp _app;

    private UsersApp(TestApp app, RecordingStore sessions, RecordingStore lists, FakeTimeProvider time) =>
        (_app, Sessions, Lists, Time) = (app, sessions, lists, time);

    public RecordingStore Sessions { get; }

    public RecordingStore Lists { get; }

    public FakeTimeProvider Time { get; }

    public LogLines Logs => _app.Logs;

    public IUserSessions Users => _app.Services.GetRequiredService<IUserSessions>();

    /// <summary>Runs in a sign-in, after the user was listed and before the session is stored.</summary>
    public Func<Task> InSignIn { get; set; } = static () => Task.CompletedTask;

    /// <summary>The reference to the session of the last request.</summary>
    public ServerSessionReference? Reference { get; private set; }

    public RecordedEvents Events => _app.Services.GetRequiredService<RecordedEvents>();

    /// <summary>Ends the wait of a renewal.</summary>
    public CancellationToken Leaving { get; set; }

    public static async Task<UsersApp> StartAsync(
        Action<UserSessionOptions>? users = null,
        Action<ServerSessionOptions>? options = null,
        Action<IServerSessionBuilder>? sessions = null,
        FakeTimeProvider? time = null
    )
    {
        time ??= new FakeTimeProvider(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
        var (store, lists) = (new RecordingStore(time), new RecordingStore(time));
        UsersApp? app = null;
        var started = await TestApp.StartAsync(
            context => app!.HandleAsync(context),
            session =>
            {
                session.IdleTimeout = TimeSpan.FromHours(1);
                options?.Invoke(session);
            },
            store,
            time: time,
            sessions: builder =>
            {
                builder.AddUserSessions(users).AddUserIndexStore(_ => lists).AddEvents<RecordedEvents>();
                sessions?.Invoke(builder);
            }
        );
        return app = new UsersApp(started, store, lists, time);
    }

    /// <summary>Signs a user in with a new browser.</summary>
    /// <returns>The browser's cookie.</returns>
    public async Task<string> SignInAsync(string subject, string? cookie = null, string agent = Firefox)
    {
        using var response = await SendAsync($"/in?user={Uri.EscapeDataString(subject)}", cookie, agent);
        Assert.True(response.IsSuccessStatusCode, Logs.Text);
        return response.Cookie();
    }

    /// <summary>Returns who is signed in with a cookie.</summary>
    public async Task<string> WhoAsync(string cookie)
    {
        using var response = await SendAsync("/who", cookie);
        return await response.BodyAsync();
    }

    public async Task<HttpResponseMessage> SendAsync(string path, string? cookie = null, string agent = Firefox)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        if (cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        return await _app.Client.SendAsync(request).WithinBoundAsync($"the response to {path}");
    }

    /// <summary>Returns the list of users as it is at rest.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListsAtRestAsync()
    {
        var lists = new List<JsonElement>();
        await foreach (var entry in Lists.Inner.AllAsync())
        {
            lists.Add(JsonDocument.Parse(entry.Record.Payload).RootElement);
        }

        return lists;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Sessions.Dispose();
        Lists.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        Reference = context.GetServerSessionReference();
        switch (context.Request.Path.Value)
        {
            case "/in":
                await session.SignInAsync(context.Request.Query["user"]!, new UserSignIn { Method = "password" });
                await InSignIn();
                break;
            case "/in-and-regenerate":
                await session.SignInAsync(context.Request.Query["user"]!);
                await session.RegenerateAsync();
                session.Set("begun", "again");
                break;
            case "/in-and-unset":
                await session.SignInAsync(context.Request.Query["user"]!);
                context.UnsetServerSession();
                return;
            case "/in-after-a-check":
                await session.SignInAsync(context.Request.Query["user"]!, new UserSignIn { CheckedAt = Time.Start });
                break;
            case "/renew":
                await session.RenewIdAsync(Leaving);
                break;
            case "/out":
                await session.DestroyAsync();
                return;
            case "/out-everywhere":
                await Users.EndAllAsync(session.Login!.Subject);
                await session.DestroyAsync();
                return;
            case "/write":
                session.Set("written", Time.GetUtcNow());
                break;
            case "/node":
                session.Set("passport", context.Request.Query["user"].ToString());
                break;
        }

        await context.Response.WriteAsync(session.Login?.Subject ?? "no one");
    }
}
