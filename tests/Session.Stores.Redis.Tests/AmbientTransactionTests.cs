namespace ServerSessions.Stores.Redis.Tests;

public sealed class AmbientTransactionTests(SharedRedis server)
    : AmbientTransactionTests<TestRedis, RedisSessionStore>(() => TestRedis.OnAsync(server));
