using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>
/// Closes the connections of a hub when their session ends, over every transport. Runs only in an application with SignalR, which asks for
/// its options; does nothing for a hub without <see cref="CloseWhenSessionEndsMetadata"/>.
/// </summary>
internal sealed class SessionHubFilter : IHubFilter, IConfigureOptions<HubOptions>
{
    private static readonly object Key = new();

    public void Configure(HubOptions options) => options.AddFilter(this);

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        var caller = context.Context;
        if (
            caller.GetHttpContext() is { } request
            && request.GetEndpoint()?.Metadata.GetMetadata<CloseWhenSessionEndsMetadata>() is { } metadata
            && request.GetServerSessionReference(metadata.Name) is { } session
        )
        {
            // Abort sends a close message that tells the client not to connect again by itself.
            caller.Items[Key] = session.Watch(caller.Abort);
        }

        try
        {
            await next(context);
        }
        catch
        {
            // OnDisconnectedAsync does not run.
            EndWatch(caller);
            throw;
        }
    }

    public async Task OnDisconnectedAsync(
        HubLifetimeContext context,
        Exception? exception,
        Func<HubLifetimeContext, Exception?, Task> next
    )
    {
        EndWatch(context.Context);
        await next(context, exception);
    }

    private static void EndWatch(HubCallerContext caller)
    {
        if (caller.Items.Remove(Key, out var watch))
        {
            ((IDisposable)watch!).Dispose();
        }
    }
}
