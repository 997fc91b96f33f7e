using System.Reflection;

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>
/// A connection whose SCAN shows, with each step, every key of the steps before once more, as a server may whose table shrinks.
/// </summary>
public class RepeatingScan : DispatchProxy
{
    private readonly List<RedisResult> _shown = [];
    private object _inner = null!;

    /// <summary>Puts it before a connection.</summary>
    public static IConnectionMultiplexer Over(IConnectionMultiplexer connection) => Over<IConnectionMultiplexer>(connection);

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var result = targetMethod!.Invoke(_inner, args);
        return (result, args) switch
        {
            (IServer[] servers, _) => servers.Select(Over<IServer>).ToArray(),
            (Task<RedisResult> reply, [_, "SCAN", ..]) => RepeatAsync(reply),
            _ => result,
        };
    }

    private static T Over<T>(T inner)
        where T : class
    {
        var proxy = Create<T, RepeatingScan>();
        ((RepeatingScan)(object)proxy)._inner = inner;
        return proxy;
    }

    private async Task<RedisResult> RepeatAsync(Task<RedisResult> reply)
    {
        var step = await reply;
        _shown.AddRange((RedisResult[])step[1]!);
        return RedisResult.Create([step[0], RedisResult.Create([.. _shown, .. _shown])]);
    }
}
