using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Trust.Host;

/// <summary>What requests do with the sessions of a user, of whom <see cref="TrustEndpoints.ValueHeader"/> is the name.</summary>
public static class UserEndpoints
{
    /// <summary>Handles a request, if it is one of these.</summary>
    /// <returns>Whether it was.</returns>
    public static async Task<bool> TryHandleAsync(HttpContext context, ServerSession session, string operation, string user)
    {
        var users = context.RequestServices.GetService<IUserSessions>();
        switch (operation)
        {
            case "user-in":
                await session.SignInAsync(user);
                LeakCollector.Shared.AddSid(session.Id);
                await context.Response.WriteAsync(session.Login!.Handle);
                return true;
            case "user-who":
                await context.Response.WriteAsync(session.Login?.Handle ?? TrustEndpoints.None);
                return true;
            case "user-list":
                var list = await users!.ListAsync(user, cancellationToken: context.RequestAborted);
                await context.Response.WriteAsync(string.Join(' ', list.Sessions.Select(static found => found.Handle)));
                return true;
            case "user-end":
                var isEnded = await users!.EndAsync(user, context.Request.Headers[TrustEndpoints.KeyHeader].ToString());
                await context.Response.WriteAsync(isEnded ? "ended" : TrustEndpoints.None);
                return true;
            case "user-end-all":
                var result = await users!.EndAllAsync(user);
                await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{result.Ended} {result.Failed}"));
                return true;
            default:
                return false;
        }
    }
}
