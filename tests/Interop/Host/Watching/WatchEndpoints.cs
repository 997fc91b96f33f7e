using System.Text.Json;
using Microsoft.Extensions.Options;

namespace ServerSessions.Interop.Host.Watching;

/// <summary>
/// Beyond the protocol page, for tests: <c>/store/calls</c> tells which calls the middleware made since it was last asked,
/// <c>/store/fail</c> makes the next of a name fail, <c>/store/emit</c> has the store report a lost or a new connection.
/// </summary>
internal static class WatchEndpoints
{
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var watch = context.RequestServices.GetRequiredService<StoreWatch>();
        if (!context.Request.Path.StartsWithSegments("/store", StringComparison.Ordinal, out var name))
        {
            await watch.RunAsync(context, next);
            return;
        }

        var store = context.RequestServices.GetRequiredService<IOptions<ServerSessionOptions>>().Value.Store as WatchedStore;
        byte[]? json = name.Value switch
        {
            "/calls" or "/fail" or "/emit" when store is null => Errors.ToJson(
                "This store cannot do what express-session's memory store can, and is not watched."
            ),
            "/calls" => JsonSerializer.SerializeToUtf8Bytes(await watch.TakeCallsAsync(context.RequestAborted)),
            "/fail" => Fail(watch, context.Request.Query),
            "/emit" => Emit(store!, context.Request.Query["event"].ToString()),
            _ => null,
        };
        if (json is null)
        {
            await next(context);
        }
        else
        {
            await Answers.WriteJsonAsync(context.Response, json);
        }
    }

    private static byte[] Fail(StoreWatch watch, IQueryCollection query)
    {
        var message = query["error"].ToString();

        // The code is what Node's file system gives for a file that is not there.
        watch.Fail(
            query["op"].ToString(),
            query["code"] == "ENOENT"
                ? new FileNotFoundException(message)
                : new SessionStoreException(message, SessionStoreOperation.Get, "watched", isTransient: false)
        );
        return Answers.Ok;
    }

    private static byte[] Emit(WatchedStore store, string name)
    {
        if (name == "disconnect")
        {
            store.Disconnect();
        }
        else
        {
            store.Connect();
        }

        return Answers.Ok;
    }
}
