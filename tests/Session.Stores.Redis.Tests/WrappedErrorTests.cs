namespace ServerSessions.Stores.Redis.Tests;

/// <summary>
/// Any exception of a driver, and anything in place of its reply, is a <see cref="SessionStoreException"/> with its operation and backend.
/// </summary>
public sealed class WrappedErrorTests(SharedRedis server)
{
    private static readonly (SessionStoreOperation Operation, Func<RedisSessionStore, SessionRecord, Task> Call)[] Calls =
    [
        (SessionStoreOperation.Open, async (store, _) => await store.OpenAsync()),
        (SessionStoreOperation.Get, async (store, _) => await store.GetAsync("very-secret-id")),
        (SessionStoreOperation.Get, async (store, record) =>
            await store.GetAndTouchAsync("very-secret-id", new SessionTouchPlan { Expires = record.Expires })
        ),
        (SessionStoreOperation.Set, async (store, record) => await store.SetAsync("very-secret-id", record)),
        (SessionStoreOperation.Touch, async (store, record) => await store.TouchAsync("very-secret-id", record)),
        (SessionStoreOperation.TrySet, async (store, record) => await store.TrySetAsync("very-secret-id", record, record)),
        (SessionStoreOperation.Destroy, async (store, _) => await store.DestroyAsync("very-secret-id")),
        (SessionStoreOperation.All, async (store, _) => await store.AllAsync().ToListAsync()),
        (SessionStoreOperation.Length, async (store, _) => await store.LengthAsync()),
        (SessionStoreOperation.Clear, async (store, _) => await store.ClearAsync()),
    ];

    [Fact]
    public async Task A_response_of_another_form_is_wrapped()
    {
        foreach (
            var reply in new[]
            {
                RedisResult.Create("very-secret-id", ResultType.SimpleString),
                RedisResult.Create([RedisResult.Create(0), RedisResult.Create("x", ResultType.BulkString), RedisResult.Create(2)]),
                RedisResult.Create(Array.Empty<RedisResult>()),
            }
        )
        {
            await AssertWrappedAsync(() => reply, mayBeTaken: true);
        }
    }

    [Fact]
    public async Task Exceptions_of_any_kind_are_wrapped()
    {
        foreach (
            var error in new Exception[]
            {
                new FileNotFoundException("very-secret-id", "driver.dll"),
                new DirectoryNotFoundException("very-secret-id"),
                new InvalidCastException("very-secret-id"),
                new UnauthorizedAccessException("very-secret-id"),
                new NotSupportedException("very-secret-id"),
                new OperationCanceledException("very-secret-id"),
                new ObjectDisposedException("very-secret-id"),
                new IOException("very-secret-id"),
                new RedisException("very-secret-id"),
            }
        )
        {
            await AssertWrappedAsync(() => throw error, mayBeTaken: false);
        }
    }

    private async Task AssertWrappedAsync(Func<RedisResult> reply, bool mayBeTaken)
    {
        await using var redis = await TestRedis.OnAsync(server);
        var multiplexer = StrangeReplies.Over(redis.Raw, reply);
        await using var store = new RedisSessionStore(
            new RedisSessionStoreOptions { Multiplexer = multiplexer, OperationTimeout = TimeSpan.FromMilliseconds(500) }
        );
        foreach (var (operation, call) in Calls)
        {
            var error = await Record.ExceptionAsync(() => call(store, redis.Record()));
            if (error is null && mayBeTaken)
            {
                continue;
            }

            var wrapped = Assert.IsAssignableFrom<SessionStoreException>(error);
            Assert.Equal(("Redis", operation), (wrapped.Backend, wrapped.Operation));
            Assert.DoesNotContain("very-secret", wrapped.ToString(), StringComparison.Ordinal);
        }
    }
}
