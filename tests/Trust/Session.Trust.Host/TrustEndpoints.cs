using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Trust.Host;

/// <summary>The application of the hosts: one path for each thing that a request does with its session.</summary>
public sealed class TrustEndpoints(LeakCollector leaks)
{
    /// <summary>The key that a request is about.</summary>
    public const string KeyHeader = "X-Key";

    /// <summary>The value that it sets.</summary>
    public const string ValueHeader = "X-Value";

    /// <summary>Addresses at which the request meets others before it acts, separated by spaces.</summary>
    public const string MeetHeader = "X-Meet";

    /// <summary>Microseconds between the meeting and the act.</summary>
    public const string WaitHeader = "X-Wait";

    /// <summary>What a response says if a value is absent.</summary>
    public const string None = "none";

    /// <summary>The key that names whose session it is.</summary>
    public const string Owner = "owner";

    private static readonly HttpClient Meetings = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>Handles a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var operation = context.Request.Path.Value!.TrimStart('/');
        if (operation == "anonymous")
        {
            await context.Response.WriteAsync("ok");
            return;
        }

        var session = context.GetServerSession();
        leaks.AddSid(session.Id);
        await MeetAsync(context);
        var key = context.Request.Headers[KeyHeader].ToString();
        var value = context.Request.Headers[ValueHeader].ToString();
        switch (operation)
        {
            case "set":
                session.Set(key, value);
                break;
            case "remove":
                session.Remove(key);
                break;
            case "get":
                await context.Response.WriteAsync(session.Get<string>(key) ?? None);
                return;
            case "keys":
                await context.Response.WriteAsync(string.Join(',', session.Keys));
                return;
            case "take":
                await context.Response.WriteAsync(await session.TakeAsync<string>(key) ?? None);
                return;
            case "count":
                var number = await session.UpdateAsync<int>(key, static count => count + 1);
                await context.Response.WriteAsync(number.ToString(CultureInfo.InvariantCulture));
                return;
            case "login":
                await session.RegenerateAsync();
                leaks.AddSid(session.Id);
                session.Set(Owner, value);
                break;
            case "regenerate":
                await session.RenewIdAsync();
                leaks.AddSid(session.Id);
                break;
            case "logout":
                await session.DestroyAsync();
                break;
            case "add-and-get":
                session.Set(key, value);
                await context.Response.WriteAsync(session.Get<string>(Owner) ?? None);
                return;
            case "touch":
                break;
            default:
                if (!await UserEndpoints.TryHandleAsync(context, session, operation, value))
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                }

                return;
        }

        await context.Response.WriteAsync("done");
    }

    /// <summary>
    /// Goes on only when everyone who is to come has come, and a little later still, so that each time someone else is first.
    /// </summary>
    private static async Task MeetAsync(HttpContext context)
    {
        foreach (var address in context.Request.Headers[MeetHeader].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            using var answer = await Meetings.GetAsync(new Uri(address));
            answer.EnsureSuccessStatusCode();
        }

        if (
            int.TryParse(context.Request.Headers[WaitHeader].ToString(), CultureInfo.InvariantCulture, out var microseconds)
            && microseconds > 0
        )
        {
            // Timers are coarser than the gap that the races are about.
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            while (System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds < microseconds)
            {
                await Task.Yield();
            }
        }
    }
}
