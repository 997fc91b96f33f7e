using System.Text;
using ServerSessions.Stores.File;
using ServerSessions.Stores.Memory;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>
/// A store of this project, called as the middleware calls it: a read touches if that is one step, and a write is stored only if no one
/// else has changed the session. No signature, no JSON, no deadline, no second try.
/// </summary>
internal sealed class StoreAlone(ISessionStore store) : IRawStore
{
    private static readonly byte[] Prefix = Encoding.UTF8.GetBytes(Floor.Beginning);

    private readonly IGetAndTouchSessionStore? _touchingReads = store is IGetAndTouchSessionStore { IsTouchCheap: true } cheap
        ? cheap
        : null;

    public static Action<WebApplication> Prepare(Backend backend, string place)
    {
        ISessionStore store = backend switch
        {
            Backend.Sqlite => new SqliteSessionStore(new SqliteSessionStoreOptions { ConnectionString = $"Data Source={place}" }),
            Backend.File => new FileSessionStore(new FileSessionStoreOptions { Path = place }),
            Backend.Redis or Backend.Valkey => new RedisSessionStore(
                new RedisSessionStoreOptions { ConnectionString = place, Prefix = "store-alone:" }
            ),
            Backend.MySql => new MySqlSessionStore(new MySqlSessionStoreOptions { ConnectionString = place }),
            Backend.Postgres => new PostgresSessionStore(new PostgresSessionStoreOptions { ConnectionString = place }),
            _ => new MemorySessionStore(new MemorySessionStoreOptions()),
        };
        return app => Floor.Map(app, new StoreAlone(store));
    }

    public ValueTask CreateAsync(string sid, byte[] payload) => store.SetAsync(sid, SessionRecord.TakeOwnership(payload, Floor.Expires()));

    public async ValueTask<bool> ReadAsync(string sid) =>
        await GetAsync(sid) is { } record
        && (
            _touchingReads is not null
            || await ((ITouchableSessionStore)store).TouchAsync(sid, SessionRecord.TakeOwnership(record.Payload, Floor.Expires()))
        );

    public async ValueTask<bool> WriteAsync(string sid) =>
        await GetAsync(sid) is { } record
        && await ((IConditionalSessionStore)store).TrySetAsync(
            sid,
            SessionRecord.TakeOwnership(record.Payload.ToArray(), Floor.Expires()),
            record
        ) == ConditionalSetResult.Stored;

    private async ValueTask<SessionRecord?> GetAsync(string sid) =>
        _touchingReads is null
            ? await store.GetAsync(sid)
            : (await _touchingReads.GetAndTouchAsync(sid, new SessionTouchPlan { Prefix = Prefix, Expires = Floor.Expires() })).Record;
}
