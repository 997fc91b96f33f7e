using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.SignalR.Tests.Support;

namespace ServerSessions.SignalR.Tests.Closing;

/// <summary>Connections of a user whose sessions are ended by the list of the user.</summary>
public sealed class UserEndTests
{
    // Longer than the test takes, so that no check closes a connection.
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    // The second one is older than a request may take.
    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 10)]
    [InlineData(true, 0)]
    [InlineData(true, 10)]
    public async Task The_end_of_a_session_by_its_user_closes_its_hub_at_once(bool isByHandle, int minutes)
    {
        using var lists = new RecordingStore();
        using var store = new RecordingStore();
        var clock = new ManualClock();
        await using var site = await HubSite.StartAsync(
            store,
            clock,
            static options => options.ConnectionCheckInterval = Interval,
            static hub => hub.CloseWhenSessionEnds(),
            static app => app.MapPost("/in", static async (ServerSession session) => await session.SignInAsync("ada")),
            sessions: builder => builder.AddUserSessions().AddUserIndexStore(_ => lists)
        );
        using var signIn = await site.SendAsync(HttpMethod.Post, "/in", null);
        await using var client = await site.ConnectAsync(HttpTransportType.WebSockets, signIn.Cookie());
        clock.Advance(TimeSpan.FromMinutes(minutes));
        var users = site.Services.GetRequiredService<IUserSessions>();

        if (isByHandle)
        {
            await users.EndAsync("ada", (await users.ListAsync("ada")).Sessions.Single().Handle);
        }
        else
        {
            await users.EndAllAsync("ada");
        }

        await client.ClosedAsync();
        Assert.Equal(0, client.Reconnects);
    }

    [Theory]
    [InlineData("destroy")]
    [InlineData("unset")]
    [InlineData("regenerate")]
    [InlineData("everywhere")]
    public async Task A_request_that_ends_its_own_session_gets_its_response(string door)
    {
        using var lists = new RecordingStore();
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(
            store,
            options: static options => (options.ConnectionCheckInterval, options.Unset) = (Interval, SessionUnset.Destroy),
            endpoints: static app =>
            {
                app.MapPost("/in", static async (ServerSession session) => await session.SignInAsync("ada"));
                app.MapPost("/own/{door}", EndAsync).CloseWhenSessionEnds();
            },
            sessions: builder => builder.AddUserSessions().AddUserIndexStore(_ => lists)
        );
        using var signIn = await site.SendAsync(HttpMethod.Post, "/in", null);
        var cookie = signIn.Cookie();

        using var response = await site.SendAsync(HttpMethod.Post, $"/own/{door}", cookie);

        Assert.Equal("goodbye", await response.BodyAsync());
        Assert.Equal("none", await site.GetAsync("/get/user", cookie));
    }

    private static async Task<string> EndAsync(string door, HttpContext context, IUserSessions users)
    {
        var session = context.GetServerSession();
        session.Set("user", "ada");
        switch (door)
        {
            case "destroy":
                await session.DestroyAsync();
                break;
            case "unset":
                context.UnsetServerSession();
                break;
            case "regenerate":
                await session.RegenerateAsync();
                break;
            default:
                await users.EndAllAsync("ada");
                break;
        }

        context.RequestAborted.ThrowIfCancellationRequested();
        return "goodbye";
    }
}
