using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>
/// A store with nothing around it: the round trips that a session needs, by the driver alone. Bytes go back as they came.
/// </summary>
internal interface IRawStore
{
    /// <summary>Stores a payload.</summary>
    ValueTask CreateAsync(string sid, byte[] payload);

    /// <summary>Gets a payload, then extends its life: two round trips.</summary>
    ValueTask<bool> ReadAsync(string sid);

    /// <summary>Gets a payload, then stores it again: two round trips.</summary>
    ValueTask<bool> WriteAsync(string sid);
}

/// <summary>What no one can be faster than: a raw store in an endpoint, without session, signature, JSON or comparison.</summary>
internal static class Floor
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>How every session begins, up to the comma after its lifetime.</summary>
    public const string Beginning = """{"cookie":{"originalMaxAge":3600000,""";

    private const string CookieName = "sid";

    public static async Task<Action<WebApplication>> PrepareAsync(Backend backend, string place)
    {
        IRawStore store = backend switch
        {
            Backend.Sqlite => new RawSqlite(place),
            Backend.File => new RawFiles(place),
            Backend.Redis or Backend.Valkey => await RawRedis.ConnectAsync(place),
            Backend.MySql => await RawMySql.ConnectAsync(place),
            Backend.Postgres => await RawPostgres.ConnectAsync(place),
            _ => new RawMemory(),
        };
        return app => Map(app, store);
    }

    /// <summary>A session as express-session and this project write it, with a cookie.</summary>
    public static string Session(string text) =>
        $$"""{{Beginning}}"expires":"2030-01-01T00:00:00.000Z","httpOnly":true,"path":"/"},"n":0,"data":"{{text}}"}""";

    public static DateTimeOffset Expires() => TimeProvider.System.GetUtcNow() + Lifetime;

    public static void Map(WebApplication app, IRawStore store)
    {
        app.MapGet("/fill", async context =>
        {
            var sid = RandomNumberGenerator.GetHexString(32, lowercase: true);
            await store.CreateAsync(sid, Encoding.UTF8.GetBytes(Session(Answer.Payload(context))));
            context.Response.Cookies.Append(CookieName, sid);
            await Answer.OkAsync(context);
        });
        app.MapGet("/read", async context =>
            await (await store.ReadAsync(context.Request.Cookies[CookieName]!) ? Answer.OkAsync(context) : Answer.MissingAsync(context))
        );
        app.MapGet("/write", async context =>
            await (await store.WriteAsync(context.Request.Cookies[CookieName]!) ? Answer.OkAsync(context) : Answer.MissingAsync(context))
        );
    }
}
