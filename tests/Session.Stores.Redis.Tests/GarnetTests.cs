using System.Reflection;

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>
/// Garnet's scripts are atomic only with an option that it does not tell of, and a transaction with a script gets no reply. A server that
/// is called Garnet stands for it; the tests run on Garnet itself where <c>SESSION_TEST_REDIS</c> names one.
/// </summary>
public sealed class GarnetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Garnet_is_warned_of_at_the_start_and_gets_no_transaction()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var logger = new SignallingLogger();
        var store = redis.Store(
            options => (options.ConnectionString, options.Multiplexer) = ("", CalledGarnet.Over<IConnectionMultiplexer>(redis.Raw)),
            logger
        );
        await store.OpenAsync(Cancel);
        var warning = Assert.Single(logger.Messages, static message => message.StartsWith("GarnetMode:", StringComparison.Ordinal));
        Assert.Contains("--lua-transaction-mode", warning, StringComparison.Ordinal);
        Assert.Contains(server.EndPoint, warning, StringComparison.Ordinal);

        var record = redis.Record(new string('x', 10_000));
        var plan = new SessionTouchPlan { Expires = record.Expires };
        for (var round = 0; round < 2; round++)
        {
            await store.SetAsync("s", record, Cancel);
            Assert.Equal(record.Payload.ToArray(), (await store.GetAsync("s", Cancel))!.Payload.ToArray());
            Assert.True((await store.GetAndTouchAsync("s", plan, Cancel)).IsTouched);
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("s", record, record, Cancel));
            Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("s", record, null, Cancel));
        }

        Assert.DoesNotContain("cmdstat_exec:", await server.CommandAsync("INFO", "commandstats"), StringComparison.Ordinal);
        Assert.Equal(1, logger.Count("GarnetMode"));
    }

    public class CalledGarnet : DispatchProxy
    {
        private object _inner = null!;

        public static T Over<T>(T inner)
            where T : class
        {
            var proxy = Create<T, CalledGarnet>();
            ((CalledGarnet)(object)proxy)._inner = inner;
            return proxy;
        }

        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IServer.GetProductVariant))
            {
                args![0] = "";
                return ProductVariant.Garnet;
            }

            var result = targetMethod.Invoke(_inner, args);
            return result is IServer server ? Over(server) : result;
        }
    }
}
