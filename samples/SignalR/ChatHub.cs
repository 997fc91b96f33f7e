using Microsoft.AspNetCore.SignalR;

namespace SignalRSample;

/// <summary>The chat. Each method reads the session as it is now: a connection may be hours old.</summary>
internal sealed class ChatHub(Presence presence) : Hub
{
    public override async Task OnConnectedAsync()
    {
        await using var scope = await Context.OpenServerSessionAsync(Context.ConnectionAborted);
        presence.Add(Context.ConnectionId, scope.Session.Get<string>("user") ?? throw new HubException("Sign in first."));
        await Clients.All.SendAsync("present", presence.Users);
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        presence.Remove(Context.ConnectionId);
        await Clients.All.SendAsync("present", presence.Users);
    }

    public async Task Say(string text)
    {
        await using var scope = await Context.OpenServerSessionAsync(Context.ConnectionAborted);
        var user = scope.Session.Get<string>("user") ?? throw new HubException("Sign in first.");
        var count = scope.Session.Get<int>("messages") + 1;
        scope.Session.Set("messages", count);

        // Someone who writes is active, and someone whose page is open may not be.
        scope.Session.Touch();
        await scope.SaveAsync(Context.ConnectionAborted);
        await Clients.All.SendAsync("said", user, text, count);
    }
}
