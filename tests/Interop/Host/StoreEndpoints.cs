using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ServerSessions.Interop.Host;

/// <summary><c>/healthz</c> and <c>/store/…</c>: served before the session middleware, straight from the store.</summary>
internal static class StoreEndpoints
{
    private static readonly byte[] Null = "null"u8.ToArray();

    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var store = context.RequestServices.GetRequiredService<ISessionStore>();
        switch (context.Request.Path.Value)
        {
            case "/healthz":
                await context.Response.WriteAsync("ok");
                break;
            case "/store/length":
                await AnswerAsync(context, store, static async store =>
                    Encoding.ASCII.GetBytes((await store.LengthAsync()).ToString(CultureInfo.InvariantCulture))
                );
                break;
            case "/store/ids":
                await AnswerAsync(context, store, ListAsync);
                break;
            case "/store/get":
                await Answers.WriteJsonAsync(context.Response, await GetAsync(store, context.Request.Query["sid"].ToString()));
                break;
            case "/store/clear":
                await AnswerAsync(context, store, ClearAsync);
                break;
            default:
                await next(context);
                break;
        }
    }

    private static async Task AnswerAsync(HttpContext context, ISessionStore store, Func<IEnumerableSessionStore, Task<byte[]>> answer) =>
        await Answers.WriteJsonAsync(
            context.Response,
            store is IEnumerableSessionStore enumerable
                ? await answer(enumerable)
                : Errors.ToJson("This store cannot list, count or clear its sessions.")
        );

    private static async Task<byte[]> ListAsync(IEnumerableSessionStore store)
    {
        var sids = new List<string>();
        await foreach (var entry in store.AllAsync())
        {
            sids.Add(entry.Sid);
        }

        sids.Sort(StringComparer.Ordinal);
        return JsonSerializer.SerializeToUtf8Bytes(sids, Answers.Json);
    }

    private static async Task<ReadOnlyMemory<byte>> GetAsync(ISessionStore store, string sid) =>
        Sid.IsValid(sid) && await store.GetAsync(sid) is { } record ? record.Payload : Null;

    private static async Task<byte[]> ClearAsync(IEnumerableSessionStore store)
    {
        await store.ClearAsync();
        return Answers.Ok;
    }
}
