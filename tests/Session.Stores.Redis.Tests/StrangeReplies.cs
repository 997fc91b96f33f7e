using System.Reflection;

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>A connection whose scripts get a reply of another form than theirs, and which can throw any exception of a driver.</summary>
public class StrangeReplies : DispatchProxy
{
    private object _inner = null!;
    private Func<RedisResult> _reply = null!;

    /// <summary>Puts it before a connection.</summary>
    public static IConnectionMultiplexer Over(IConnectionMultiplexer connection, Func<RedisResult> reply) =>
        Over<IConnectionMultiplexer>(connection, reply);

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name switch
        {
            nameof(IDatabase.ScriptEvaluateAsync) or nameof(IServer.ExecuteAsync) => Task.Run(_reply),
            nameof(IDatabase.StringSetAsync) => Task.Run(() => !_reply().IsNull),
            nameof(IConnectionMultiplexer.GetDatabase) => Over((IDatabase)targetMethod.Invoke(_inner, args)!, _reply),
            nameof(IConnectionMultiplexer.GetServers) => ((IServer[])targetMethod.Invoke(_inner, args)!)
                .Select(server => Over(server, _reply))
                .ToArray(),
            _ => targetMethod.Invoke(_inner, args),
        };

    private static T Over<T>(T inner, Func<RedisResult> reply)
        where T : class
    {
        var proxy = Create<T, StrangeReplies>();
        ((StrangeReplies)(object)proxy)._inner = inner;
        ((StrangeReplies)(object)proxy)._reply = reply;
        return proxy;
    }
}
