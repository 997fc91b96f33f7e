using ServerSessions.Stores.Redis.Engine;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis;

public sealed partial class RedisSessionStore
{
    /// <inheritdoc/>
    /// <value>
    /// <see langword="true"/>: the time to live stands beside the value, and moving it costs the server about as much as telling it.
    /// </value>
    public bool IsTouchCheap => true;

    /// <inheritdoc/>
    /// <remarks>A call that has failed may move the expiry later, of a session that still begins with the prefix.</remarks>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken = default)
    {
        var life = Life(plan.Expires);

        // A copy: the driver may send it when the caller has left, who may use the buffer for something else then.
        return RunAsync<TouchedReply, GetAndTouchResult>(
            SessionStoreOperation.Get,
            RedisScript.GetAndTouch,
            sid,
            [plan.Prefix.ToArray(), life],
            new TouchedReply(this, life),
            cancellationToken
        );
    }

    private readonly struct TouchedReply(RedisSessionStore store, long life) : IReply<GetAndTouchResult>
    {
        public GetAndTouchResult Take(RedisResult answer)
        {
            var reply = store.Read(answer);
            return reply.Payload is { } payload
                ? new GetAndTouchResult
                {
                    Record = store.Record(payload, reply.IsTouched ? life : reply.Milliseconds),
                    IsTouched = reply.IsTouched,
                }
                : default;
        }
    }
}
